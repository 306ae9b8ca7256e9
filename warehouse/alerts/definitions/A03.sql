-- grain: one row an enterprise that must insure and has never been insured
-- scope: enterprises that the coverage ratio counts as not insured, as the list of uncovered enterprises shows them
-- exclusions: those whose cover has ended (A02)
-- limits: cover that no insurer has reported is not known
select
    cast(null as text) as insurer_id,
    e.region_code,
    e.high_risk_domain_code as domain_code,
    'enterprise' as record_type,
    e.credit_code as record_key,
    cast(null as date) as deadline_on,
    e.enterprise_name,
    e.must_insure_from_date
from contribution as c
inner join core.enterprise_known(:known_at) as e on c.record_id = e.version_id
where
    c.exclusion is null
    and c.numerator = 0
    and not exists (
        select from policy_timeline as t
        where
            t.insured_credit_code = e.credit_code
            and t.insured_object_code = '10'
            and t.cover_to < :as_of
    )
