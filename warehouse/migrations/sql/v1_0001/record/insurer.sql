-- core.insurer: every accepted version of 保险机构
-- Grain: one row a version of (insurer_code, branch_code, insurer_id); one row per insurer and city branch.
create table core.insurer (
    like migration.version_head including all,
    insurer_code text not null,
    insurer_name text,
    credit_code text,
    licence_no text,
    alias_list text,
    feed_mode_code text,
    branch_code text not null,
    branch_name text,
    branch_region_code text,
    data_contact_name text,
    data_contact_phone text,
    valid_from_date date,
    valid_to_date date,
    operation_code text not null,
    source_updated_at timestamptz not null,
    like migration.version_tail including all
);
call migration.make_history(
    'insurer',
    key => array['insurer_code', 'branch_code'],
    valid_on => $$
        v.valid_from_date <= $1
        and coalesce($1 <= v.valid_to_date, true)
    $$
);
call migration.make_report(
    'insurer',
    shown => array[
        'insurer_code',
        'insurer_name',
        'credit_code',
        'licence_no',
        'alias_list',
        'feed_mode_code',
        'branch_code',
        'branch_name',
        'branch_region_code',
        'valid_from_date',
        'valid_to_date',
        'operation_code',
        'source_updated_at'
    ],
    reported_as => 'insurer_branch',
    insurer_id => 'lower(v.insurer_code)'
);
