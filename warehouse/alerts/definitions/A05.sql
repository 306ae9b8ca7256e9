-- grain: one row a policy in force whose limit per person is below the minimum
-- scope: policies that the adequate limit ratio counts as below, as the list of low limits shows them
-- exclusions: followers, enterprises that need not insure, places without a minimum
-- limits: the minimum is the register's for area, sector and day of issue
select
    p.insurer_id,
    p.region_code,
    p.high_risk_domain_code as domain_code,
    'policy' as record_type,
    p.policy_no as record_key,
    cast(null as date) as deadline_on,
    p.policy_no,
    p.insured_name,
    p.per_person_limit_amount as limit_amount
from contribution as c
inner join core.policy_known(:known_at) as p on c.record_id = p.version_id
where c.exclusion is null and c.numerator = 0
