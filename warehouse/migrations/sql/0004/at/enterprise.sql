-- core.enterprise as of a day, as known at a moment
-- grain: one row a record; one row per enterprise
create function core.enterprise_at(as_of date, known_at timestamptz) returns setof core.enterprise
language sql stable parallel safe as $$
    select v.* from core.enterprise_known($2) as v
    where v.must_insure_from_date <= $1
        and coalesce($1 <= v.must_insure_to_date, true)
$$;
comment on function core.enterprise_at is '应投保企业: 某业务日有效、某时刻已知的记录';

create function report.enterprise_known(known_at timestamptz) returns table (
    insurer_id text,
    credit_code text,
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
    operation_code text,
    source_updated_at timestamptz,
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
        v.credit_code,
        v.enterprise_name,
        v.region_code,
        v.address_text,
        v.high_risk_domain_code,
        v.industry_code,
        v.is_must_insure,
        v.must_insure_basis_text,
        v.must_insure_from_date,
        v.must_insure_to_date,
        v.operation_status_code,
        v.operation_status_date,
        v.employee_count,
        v.employee_count_date,
        v.size_code,
        v.safety_level_code,
        v.risk_level_code,
        v.licence_no,
        v.parent_credit_code,
        v.regulator_dept_code,
        v.operation_code,
        v.source_updated_at,
        v.version_id,
        v.batch_id,
        v.row_no,
        v.recorded_at,
        v.first_received_at,
        v.deadline_on,
        v.timeliness
    from core.enterprise_known($1) as v
$$;
grant execute on function report.enterprise_known to anze_regulator, anze_loader;
comment on function report.enterprise_known is '应投保企业: 某时刻已知的记录,不含个人信息';

create function report.enterprise_at(as_of date, known_at timestamptz) returns table (
    insurer_id text,
    credit_code text,
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
    operation_code text,
    source_updated_at timestamptz,
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
        v.credit_code,
        v.enterprise_name,
        v.region_code,
        v.address_text,
        v.high_risk_domain_code,
        v.industry_code,
        v.is_must_insure,
        v.must_insure_basis_text,
        v.must_insure_from_date,
        v.must_insure_to_date,
        v.operation_status_code,
        v.operation_status_date,
        v.employee_count,
        v.employee_count_date,
        v.size_code,
        v.safety_level_code,
        v.risk_level_code,
        v.licence_no,
        v.parent_credit_code,
        v.regulator_dept_code,
        v.operation_code,
        v.source_updated_at,
        v.version_id,
        v.batch_id,
        v.row_no,
        v.recorded_at,
        v.first_received_at,
        v.deadline_on,
        v.timeliness
    from core.enterprise_at($1, $2) as v
$$;
grant execute on function report.enterprise_at to anze_regulator, anze_loader;
comment on function report.enterprise_at is '应投保企业: 某业务日有效、某时刻已知的记录,不含个人信息';
