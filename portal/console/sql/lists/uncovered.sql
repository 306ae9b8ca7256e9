-- Enterprises that must insure and have no policy in force.
-- Grain: one row an enterprise. Scope: those that the published coverage ratio counts as not insured: as many as its
--   denominator less its numerator.
-- Exclusions: as the indicator's definition. Limits: last_end_date is the latest end of cover among the policies that the
--   caller may see.
select
    e.region_code || c.record_key as sort_key,
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
    e.must_insure_from_date,
    e.operation_status_code,
    e.size_code,
    e.employee_count,
    e.regulator_dept_code,
    p.last_end_date
from (
    :slot_cell
) as c
left join report.enterprise_known(:known_at) as e on c.version_id = e.version_id
left join (
    select
        k.insured_credit_code,
        max(k.cover_end_date) as last_end_date
    from known_policy as k
    group by k.insured_credit_code
) as p on c.record_key = p.insured_credit_code
where c.numerator = 0
