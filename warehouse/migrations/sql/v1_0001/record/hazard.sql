-- core.hazard: every accepted version of 事故隐患
-- Grain: one row a version of (hazard_no, insurer_id); one row per hazard.
create table core.hazard (
    like migration.version_head including all,
    insurer_code text,
    branch_code text,
    source_record_no text,
    operation_code text not null,
    source_updated_at timestamptz not null,
    correction_reason_text text,
    hazard_no text not null,
    service_no text,
    insured_credit_code text,
    hazard_level_code text,
    criterion_text text,
    description_text text,
    location_text text,
    found_at timestamptz,
    notified_at timestamptz,
    notified_role_code text,
    notified_name text,
    rectify_deadline_date date,
    hazard_status_code text,
    rectify_measure_text text,
    rectified_at timestamptz,
    verified_at timestamptz,
    verify_method_code text,
    verifier_name text,
    escalated_at timestamptz,
    escalated_to_code text,
    photo_before_hash text,
    photo_after_hash text,
    like migration.version_tail including all
);
call migration.make_history(
    'hazard',
    key => array['hazard_no'],
    valid_on => $$
        cast(v.found_at at time zone 'Asia/Shanghai' as date) <= $1
    $$
);
call migration.make_report(
    'hazard',
    shown => array[
        'insurer_code',
        'branch_code',
        'source_record_no',
        'operation_code',
        'source_updated_at',
        'correction_reason_text',
        'hazard_no',
        'service_no',
        'insured_credit_code',
        'hazard_level_code',
        'criterion_text',
        'description_text',
        'location_text',
        'found_at',
        'notified_at',
        'notified_role_code',
        'rectify_deadline_date',
        'hazard_status_code',
        'rectify_measure_text',
        'rectified_at',
        'verified_at',
        'verify_method_code',
        'escalated_at',
        'escalated_to_code',
        'photo_before_hash',
        'photo_after_hash'
    ]
);
