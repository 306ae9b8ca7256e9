-- core.agency: every accepted version of 技术服务机构
-- Grain: one row a version of (agency_credit_code, insurer_id); one row per technical service agency.
create table core.agency (
    like migration.version_head including all,
    agency_credit_code text not null,
    agency_name text,
    region_code text,
    qualification_list text,
    is_committee_member boolean,
    expert_count integer,
    restricted_from_date date,
    restricted_to_date date,
    operation_code text not null,
    source_updated_at timestamptz not null,
    like migration.version_tail including all
);
call migration.make_history(
    'agency',
    key => array['agency_credit_code'],
    valid_on => $$
        true
    $$
);
call migration.make_report(
    'agency',
    shown => array[
        'agency_credit_code',
        'agency_name',
        'region_code',
        'qualification_list',
        'is_committee_member',
        'expert_count',
        'restricted_from_date',
        'restricted_to_date',
        'operation_code',
        'source_updated_at'
    ]
);
