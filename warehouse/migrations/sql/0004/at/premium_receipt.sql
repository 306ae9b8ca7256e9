-- core.premium_receipt as of a day, as known at a moment
-- grain: one row a record; one row per cash movement
create function core.premium_receipt_at(as_of date, known_at timestamptz) returns setof core.premium_receipt
language sql stable parallel safe as $$
    select v.* from core.premium_receipt_known($2) as v
    where v.receipt_date <= $1
$$;
comment on function core.premium_receipt_at is '保费实收: 某业务日有效、某时刻已知的记录';

create function report.premium_receipt_known(known_at timestamptz) returns table (
    insurer_id text,
    insurer_code text,
    branch_code text,
    source_record_no text,
    operation_code text,
    source_updated_at timestamptz,
    correction_reason_text text,
    receipt_no text,
    policy_no text,
    endorsement_no text,
    receipt_type_code text,
    receipt_date date,
    received_amount numeric(18,2),
    instalment_no text,
    payer_name text,
    payer_credit_code text,
    subsidy_amount numeric(18,2),
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
        v.receipt_no,
        v.policy_no,
        v.endorsement_no,
        v.receipt_type_code,
        v.receipt_date,
        v.received_amount,
        v.instalment_no,
        v.payer_name,
        v.payer_credit_code,
        v.subsidy_amount,
        v.version_id,
        v.batch_id,
        v.row_no,
        v.recorded_at,
        v.first_received_at,
        v.deadline_on,
        v.timeliness
    from core.premium_receipt_known($1) as v
$$;
grant execute on function report.premium_receipt_known to anze_regulator, anze_loader;
comment on function report.premium_receipt_known is '保费实收: 某时刻已知的记录,不含个人信息';

create function report.premium_receipt_at(as_of date, known_at timestamptz) returns table (
    insurer_id text,
    insurer_code text,
    branch_code text,
    source_record_no text,
    operation_code text,
    source_updated_at timestamptz,
    correction_reason_text text,
    receipt_no text,
    policy_no text,
    endorsement_no text,
    receipt_type_code text,
    receipt_date date,
    received_amount numeric(18,2),
    instalment_no text,
    payer_name text,
    payer_credit_code text,
    subsidy_amount numeric(18,2),
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
        v.receipt_no,
        v.policy_no,
        v.endorsement_no,
        v.receipt_type_code,
        v.receipt_date,
        v.received_amount,
        v.instalment_no,
        v.payer_name,
        v.payer_credit_code,
        v.subsidy_amount,
        v.version_id,
        v.batch_id,
        v.row_no,
        v.recorded_at,
        v.first_received_at,
        v.deadline_on,
        v.timeliness
    from core.premium_receipt_at($1, $2) as v
$$;
grant execute on function report.premium_receipt_at to anze_regulator, anze_loader;
comment on function report.premium_receipt_at is '保费实收: 某业务日有效、某时刻已知的记录,不含个人信息';
