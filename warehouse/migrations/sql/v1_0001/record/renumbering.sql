-- core.renumbering: every accepted version of 业务号变更
-- Grain: one row a version of (record_type_code, old_no, insurer_id); one row per number that was given up for another.
create table core.renumbering (
    like migration.version_head including all,
    insurer_code text,
    branch_code text,
    source_record_no text,
    operation_code text not null,
    source_updated_at timestamptz not null,
    correction_reason_text text,
    record_type_code text not null,
    old_no text not null,
    new_no text,
    effective_date date,
    like migration.version_tail including all
);
call migration.make_history(
    'renumbering',
    key => array['record_type_code', 'old_no'],
    valid_on => $$
        v.effective_date <= $1
    $$
);
call migration.make_report(
    'renumbering',
    shown => array[
        'insurer_code',
        'branch_code',
        'source_record_no',
        'operation_code',
        'source_updated_at',
        'correction_reason_text',
        'record_type_code',
        'old_no',
        'new_no',
        'effective_date'
    ]
);
