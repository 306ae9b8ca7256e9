-- core.claim_payment as of a day, as known at a moment
-- grain: one row a record; one row per payment
create function core.claim_payment_at(as_of date, known_at timestamptz) returns setof core.claim_payment
language sql stable parallel safe as $$
    select v.* from core.claim_payment_known($2) as v
    where cast(v.paid_at at time zone 'Asia/Shanghai' as date) <= $1
$$;
comment on function core.claim_payment_at is '赔款支付: 某业务日有效、某时刻已知的记录';

create function report.claim_payment_known(known_at timestamptz) returns table (
    insurer_id text,
    insurer_code text,
    branch_code text,
    source_record_no text,
    operation_code text,
    source_updated_at timestamptz,
    correction_reason_text text,
    payment_no text,
    report_no text,
    payment_kind_code text,
    claim_item_code text,
    expense_type_code text,
    paid_amount numeric(18,2),
    paid_at timestamptz,
    victim_count integer,
    payee_type_code text,
    version_id bigint,
    batch_id bigint,
    row_no bigint,
    recorded_at timestamptz,
    first_received_at timestamptz,
    deadline_on date,
    timeliness text
) language sql stable parallel safe security definer set search_path = pg_catalog, pg_temp as $$
    select
        v.insurer_id,
        v.insurer_code,
        v.branch_code,
        v.source_record_no,
        v.operation_code,
        v.source_updated_at,
        v.correction_reason_text,
        v.payment_no,
        v.report_no,
        v.payment_kind_code,
        v.claim_item_code,
        v.expense_type_code,
        v.paid_amount,
        v.paid_at,
        v.victim_count,
        v.payee_type_code,
        v.version_id,
        v.batch_id,
        v.row_no,
        v.recorded_at,
        v.first_received_at,
        v.deadline_on,
        v.timeliness
    from core.claim_payment_known($1) as v
$$;
grant execute on function report.claim_payment_known to anze_regulator, anze_loader;
comment on function report.claim_payment_known is '赔款支付: 某时刻已知的记录,不含个人信息';

create function report.claim_payment_at(as_of date, known_at timestamptz) returns table (
    insurer_id text,
    insurer_code text,
    branch_code text,
    source_record_no text,
    operation_code text,
    source_updated_at timestamptz,
    correction_reason_text text,
    payment_no text,
    report_no text,
    payment_kind_code text,
    claim_item_code text,
    expense_type_code text,
    paid_amount numeric(18,2),
    paid_at timestamptz,
    victim_count integer,
    payee_type_code text,
    version_id bigint,
    batch_id bigint,
    row_no bigint,
    recorded_at timestamptz,
    first_received_at timestamptz,
    deadline_on date,
    timeliness text
) language sql stable parallel safe security definer set search_path = pg_catalog, pg_temp as $$
    select
        v.insurer_id,
        v.insurer_code,
        v.branch_code,
        v.source_record_no,
        v.operation_code,
        v.source_updated_at,
        v.correction_reason_text,
        v.payment_no,
        v.report_no,
        v.payment_kind_code,
        v.claim_item_code,
        v.expense_type_code,
        v.paid_amount,
        v.paid_at,
        v.victim_count,
        v.payee_type_code,
        v.version_id,
        v.batch_id,
        v.row_no,
        v.recorded_at,
        v.first_received_at,
        v.deadline_on,
        v.timeliness
    from core.claim_payment_at($1, $2) as v
$$;
grant execute on function report.claim_payment_at to anze_regulator, anze_loader;
comment on function report.claim_payment_at is '赔款支付: 某业务日有效、某时刻已知的记录,不含个人信息';
