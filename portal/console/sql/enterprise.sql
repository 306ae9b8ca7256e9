-- One enterprise of the register. Grain: at most one row. Scope: the current version. Exclusions, limits: none.
select
    e.version_id,
    e.enterprise_name,
    e.region_code,
    e.address_text,
    e.high_risk_domain_code,
    e.is_must_insure,
    e.must_insure_basis_text,
    e.must_insure_from_date,
    e.must_insure_to_date,
    e.operation_status_code,
    e.operation_status_date,
    e.employee_count,
    e.employee_count_date,
    e.size_code,
    e.risk_level_code,
    e.regulator_dept_code
from report.enterprise as e
where e.credit_code = :credit_code
