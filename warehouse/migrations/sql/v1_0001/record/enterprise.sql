-- core.enterprise: every accepted version of 应投保企业
-- Grain: one row a version of (credit_code, insurer_id); one row per enterprise.
create table core.enterprise (
    like migration.version_head including all,
    credit_code text not null,
    enterprise_name text,
    region_code text,
    address_text text,
    high_risk_domain_code text,
    industry_code text,
    is_must_insure boolean,
    must_insure_basis_text text,
    must_insure_from_date date,
    must_insure_to_date date,
    operation_status_code text,
    operation_status_date date,
    employee_count integer,
    employee_count_date date,
    size_code text,
    safety_level_code text,
    risk_level_code text,
    licence_no text,
    parent_credit_code text,
    regulator_dept_code text,
    contact_name text,
    contact_phone text,
    operation_code text not null,
    source_updated_at timestamptz not null,
    like migration.version_tail including all
);
call migration.make_history(
    'enterprise',
    key => array['credit_code'],
    valid_on => $$
        v.must_insure_from_date <= $1
        and coalesce($1 <= v.must_insure_to_date, true)
    $$
);
call migration.make_report(
    'enterprise',
    shown => array[
        'credit_code',
        'enterprise_name',
        'region_code',
        'address_text',
        'high_risk_domain_code',
        'industry_code',
        'is_must_insure',
        'must_insure_basis_text',
        'must_insure_from_date',
        'must_insure_to_date',
        'operation_status_code',
        'operation_status_date',
        'employee_count',
        'employee_count_date',
        'size_code',
        'safety_level_code',
        'risk_level_code',
        'licence_no',
        'parent_credit_code',
        'regulator_dept_code',
        'operation_code',
        'source_updated_at'
    ]
);
