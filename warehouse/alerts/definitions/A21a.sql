-- grain: one row a claim that is not decided in time
-- scope: claims reported or registered, without a decision
-- exclusions: refused, closed and reopened claims; claims that were decided late, of which the rule CLM-012 tells
-- limits: refusal notices and parts paid after 60 days have no field
select
    c.insurer_id,
    p.region_code,
    p.high_risk_domain_code as domain_code,
    'claim' as record_type,
    c.report_no as record_key,
    cast(null as date) as deadline_on,
    c.report_no,
    cast(c.reported_at at time zone 'Asia/Shanghai' as date) as reported_on
from core.claim_known(:known_at) as c
left join core.policy_known(:known_at) as p on c.insurer_id = p.insurer_id and c.policy_no = p.policy_no
where
    c.claim_status_code in ('10', '20')
    and c.decided_at is null
    and cast(c.reported_at at time zone 'Asia/Shanghai' as date) + cast(:days as integer) < :as_of
