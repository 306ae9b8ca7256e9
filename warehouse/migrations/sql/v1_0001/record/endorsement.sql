-- core.endorsement: every accepted version of 批单
-- Grain: one row a version of (endorsement_no, insurer_id); one row per endorsement.
create table core.endorsement (
    like migration.version_head including all,
    insurer_code text,
    branch_code text,
    source_record_no text,
    operation_code text not null,
    source_updated_at timestamptz not null,
    correction_reason_text text,
    endorsement_no text not null,
    policy_no text,
    endorsement_type_code text,
    issue_date date,
    effective_date date,
    premium_change_amount numeric(18, 2),
    insured_person_count integer,
    employee_count integer,
    per_person_limit_amount numeric(18, 2),
    aggregate_limit_amount numeric(18, 2),
    cover_end_date date,
    insured_credit_code text,
    region_code text,
    termination_reason_code text,
    service_fee_ratio numeric(9, 6),
    description_text text,
    like migration.version_tail including all
);
call migration.make_history(
    'endorsement',
    key => array['endorsement_no'],
    valid_on => $$
        v.effective_date <= $1
    $$
);
call migration.make_report(
    'endorsement',
    shown => array[
        'insurer_code',
        'branch_code',
        'source_record_no',
        'operation_code',
        'source_updated_at',
        'correction_reason_text',
        'endorsement_no',
        'policy_no',
        'endorsement_type_code',
        'issue_date',
        'effective_date',
        'premium_change_amount',
        'insured_person_count',
        'employee_count',
        'per_person_limit_amount',
        'aggregate_limit_amount',
        'cover_end_date',
        'insured_credit_code',
        'region_code',
        'termination_reason_code',
        'service_fee_ratio',
        'description_text'
    ]
);
