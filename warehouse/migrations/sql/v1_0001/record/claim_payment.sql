-- core.claim_payment: every accepted version of 赔款支付
-- Grain: one row a version of (payment_no, insurer_id); one row per payment.
create table core.claim_payment (
    like migration.version_head including all,
    insurer_code text,
    branch_code text,
    source_record_no text,
    operation_code text not null,
    source_updated_at timestamptz not null,
    correction_reason_text text,
    payment_no text not null,
    report_no text,
    payment_kind_code text,
    claim_item_code text,
    expense_type_code text,
    paid_amount numeric(18, 2),
    paid_at timestamptz,
    victim_count integer,
    payee_type_code text,
    payee_name text,
    like migration.version_tail including all
);
call migration.make_history(
    'claim_payment',
    key => array['payment_no'],
    valid_on => $$
        cast(v.paid_at at time zone 'Asia/Shanghai' as date) <= $1
    $$
);
call migration.make_report(
    'claim_payment',
    shown => array[
        'insurer_code',
        'branch_code',
        'source_record_no',
        'operation_code',
        'source_updated_at',
        'correction_reason_text',
        'payment_no',
        'report_no',
        'payment_kind_code',
        'claim_item_code',
        'expense_type_code',
        'paid_amount',
        'paid_at',
        'victim_count',
        'payee_type_code'
    ]
);
