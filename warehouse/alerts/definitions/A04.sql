-- grain: one row an insured enterprise with fewer insured persons than staff
-- scope: enterprises that the full staff ratio counts in part, as the list of partly insured enterprises shows them
-- exclusions: enterprises without cover (A02, A03)
-- limits: staff is the register's of the last year, else the policy's
select
    cast(null as text) as insurer_id,
    e.region_code,
    e.high_risk_domain_code as domain_code,
    'enterprise' as record_type,
    e.credit_code as record_key,
    cast(null as date) as deadline_on,
    e.enterprise_name,
    c.denominator as staff_count,
    c.numerator as insured_count
from contribution as c
inner join core.enterprise_known(:known_at) as e on c.record_id = e.version_id
where c.exclusion is null and c.denominator - c.numerator >= :persons
