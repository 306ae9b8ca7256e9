-- core.fee_expense: every accepted version of 服务费用支出
-- Grain: one row a version of (expense_no, insurer_id); one row per ledger line.
create table core.fee_expense (
    like migration.version_head including all,
    insurer_code text,
    branch_code text,
    source_record_no text,
    operation_code text not null,
    source_updated_at timestamptz not null,
    correction_reason_text text,
    expense_no text not null,
    is_pooled boolean,
    policy_no text,
    pool_region_code text,
    service_no text,
    fee_category_code text,
    expense_status_code text,
    expense_amount numeric(18, 2),
    budget_year_no text,
    accrued_date date,
    paid_date date,
    payee_name text,
    payee_credit_code text,
    invoice_no text,
    evidence_list text,
    like migration.version_tail including all
);
call migration.make_history(
    'fee_expense',
    key => array['expense_no'],
    valid_on => $$
        least(v.accrued_date, v.paid_date) <= $1
    $$
);
call migration.make_report(
    'fee_expense',
    shown => array[
        'insurer_code',
        'branch_code',
        'source_record_no',
        'operation_code',
        'source_updated_at',
        'correction_reason_text',
        'expense_no',
        'is_pooled',
        'policy_no',
        'pool_region_code',
        'service_no',
        'fee_category_code',
        'expense_status_code',
        'expense_amount',
        'budget_year_no',
        'accrued_date',
        'paid_date',
        'payee_credit_code',
        'invoice_no',
        'evidence_list'
    ]
);
