-- core.premium_receipt: every accepted version of 保费实收
-- Grain: one row a version of (receipt_no, insurer_id); one row per cash movement.
create table core.premium_receipt (
    like migration.version_head including all,
    insurer_code text,
    branch_code text,
    source_record_no text,
    operation_code text not null,
    source_updated_at timestamptz not null,
    correction_reason_text text,
    receipt_no text not null,
    policy_no text,
    endorsement_no text,
    receipt_type_code text,
    receipt_date date,
    received_amount numeric(18, 2),
    instalment_no text,
    payer_name text,
    payer_credit_code text,
    subsidy_amount numeric(18, 2),
    like migration.version_tail including all
);
call migration.make_history(
    'premium_receipt',
    key => array['receipt_no'],
    valid_on => $$
        v.receipt_date <= $1
    $$
);
call migration.make_report(
    'premium_receipt',
    shown => array[
        'insurer_code',
        'branch_code',
        'source_record_no',
        'operation_code',
        'source_updated_at',
        'correction_reason_text',
        'receipt_no',
        'policy_no',
        'endorsement_no',
        'receipt_type_code',
        'receipt_date',
        'received_amount',
        'instalment_no',
        'payer_name',
        'payer_credit_code',
        'subsidy_amount'
    ]
);
