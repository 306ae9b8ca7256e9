-- core.fee_expense as of a day, as known at a moment
-- grain: one row a record; one row per ledger line
create function core.fee_expense_at(as_of date, known_at timestamptz) returns setof core.fee_expense
language sql stable parallel safe as $$
    select v.* from core.fee_expense_known($2) as v
    where least(v.accrued_date, v.paid_date) <= $1
$$;
comment on function core.fee_expense_at is '服务费用支出: 某业务日有效、某时刻已知的记录';

create function report.fee_expense_known(known_at timestamptz) returns table (
    insurer_id text,
    insurer_code text,
    branch_code text,
    source_record_no text,
    operation_code text,
    source_updated_at timestamptz,
    correction_reason_text text,
    expense_no text,
    is_pooled boolean,
    policy_no text,
    pool_region_code text,
    service_no text,
    fee_category_code text,
    expense_status_code text,
    expense_amount numeric(18,2),
    budget_year_no text,
    accrued_date date,
    paid_date date,
    payee_credit_code text,
    invoice_no text,
    evidence_list text,
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
        v.expense_no,
        v.is_pooled,
        v.policy_no,
        v.pool_region_code,
        v.service_no,
        v.fee_category_code,
        v.expense_status_code,
        v.expense_amount,
        v.budget_year_no,
        v.accrued_date,
        v.paid_date,
        v.payee_credit_code,
        v.invoice_no,
        v.evidence_list,
        v.version_id,
        v.batch_id,
        v.row_no,
        v.recorded_at,
        v.first_received_at,
        v.deadline_on,
        v.timeliness
    from core.fee_expense_known($1) as v
$$;
grant execute on function report.fee_expense_known to anze_regulator, anze_loader;
comment on function report.fee_expense_known is '服务费用支出: 某时刻已知的记录,不含个人信息';

create function report.fee_expense_at(as_of date, known_at timestamptz) returns table (
    insurer_id text,
    insurer_code text,
    branch_code text,
    source_record_no text,
    operation_code text,
    source_updated_at timestamptz,
    correction_reason_text text,
    expense_no text,
    is_pooled boolean,
    policy_no text,
    pool_region_code text,
    service_no text,
    fee_category_code text,
    expense_status_code text,
    expense_amount numeric(18,2),
    budget_year_no text,
    accrued_date date,
    paid_date date,
    payee_credit_code text,
    invoice_no text,
    evidence_list text,
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
        v.expense_no,
        v.is_pooled,
        v.policy_no,
        v.pool_region_code,
        v.service_no,
        v.fee_category_code,
        v.expense_status_code,
        v.expense_amount,
        v.budget_year_no,
        v.accrued_date,
        v.paid_date,
        v.payee_credit_code,
        v.invoice_no,
        v.evidence_list,
        v.version_id,
        v.batch_id,
        v.row_no,
        v.recorded_at,
        v.first_received_at,
        v.deadline_on,
        v.timeliness
    from core.fee_expense_at($1, $2) as v
$$;
grant execute on function report.fee_expense_at to anze_regulator, anze_loader;
comment on function report.fee_expense_at is '服务费用支出: 某业务日有效、某时刻已知的记录,不含个人信息';
