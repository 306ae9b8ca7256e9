-- grain: one row an enterprise that must insure, was insured, and is not insured on the as-of day
-- scope: enterprises that the coverage ratio counts as not insured, as the list of uncovered enterprises shows them
-- exclusions: those that never had a policy (A03); those whose cover ended more recently than the threshold
-- limits: the end of cover is that of the policies that the hub knows
with ended as (
    select
        t.insured_credit_code,
        max(t.cover_to) as last_day
    from policy_timeline as t
    where t.insured_object_code = '10' and t.cover_to < :as_of
    group by t.insured_credit_code
)

select
    cast(null as text) as insurer_id,
    e.region_code,
    e.high_risk_domain_code as domain_code,
    'enterprise' as record_type,
    e.credit_code as record_key,
    cast(null as date) as deadline_on,
    e.enterprise_name,
    d.last_day as last_end_date
from contribution as c
inner join core.enterprise_known(:known_at) as e on c.record_id = e.version_id
inner join ended as d on e.credit_code = d.insured_credit_code
where
    c.exclusion is null
    and c.numerator = 0
    and d.last_day <= cast(:as_of as date) - cast(:days as integer)
