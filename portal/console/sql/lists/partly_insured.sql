-- Enterprises that are insured for fewer persons than they employ.
-- Grain: one row an enterprise. Scope: those of the published full staff ratio whose insured persons are fewer than the staff.
-- Exclusions, limits: as the indicator's definition.
select
    lpad(cast(1000000000 - (c.denominator - c.numerator) as text), 12, '0') as sort_key,
    c.record_key as row_key,
    c.business_date as on_date,
    c.record_type,
    c.version_id,
    c.record_key,
    cast(null as text) as insurer_id,
    coalesce(e.region_code, :region_code) as region_code,
    coalesce(e.high_risk_domain_code, :domain_code) as domain_code,
    e.enterprise_name,
    c.record_key as credit_code,
    c.denominator as staff_count,
    c.numerator as insured_count,
    c.denominator - c.numerator as missing_count,
    e.regulator_dept_code
from (
    :slot_cell
) as c
left join report.enterprise_known(:known_at) as e on c.version_id = e.version_id
where c.numerator < c.denominator
