-- grain: one row a policy whose cover ends soon
-- scope: as report.policy_ending, which the list of policies that end soon shows too
-- exclusions: followers of coinsured policies; policies that are renewed already
-- limits: a renewal is looked for by the enterprise's code
select
    s.insurer_id,
    s.region_code,
    s.high_risk_domain_code as domain_code,
    'policy' as record_type,
    s.policy_no as record_key,
    cast(null as date) as deadline_on,
    s.policy_no,
    s.insured_name,
    s.last_day,
    '尚未收到续保保单' as renewal
from report.policy_ending(:as_of, :known_at, cast(:days as integer)) as s
where s.next_policy_no is null
