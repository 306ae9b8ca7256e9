-- grain: one row a line of a plan past its window with fewer services than planned
-- scope: lines of twelve months that the completion ratio counts in part, as the list of overdue services shows them
-- exclusions: as the indicator's definition
-- limits: a line leaves twelve months after its window
select
    c.insurer_id,
    p.region_code,
    c.domain_code,
    'service_plan' as record_type,
    l.plan_no || '|' || l.plan_line_no as record_key,
    cast(null as date) as deadline_on,
    l.plan_no,
    l.plan_line_no,
    l.window_end_date,
    c.denominator as planned_count,
    c.numerator as done_count
from contribution as c
inner join core.service_plan_known(:known_at) as l on c.record_id = l.version_id
inner join core.policy_known(:known_at) as p on l.insurer_id = p.insurer_id and l.policy_no = p.policy_no
where
    c.exclusion is null
    and c.numerator < c.denominator
    and l.window_end_date <= cast(:as_of as date) - cast(:days as integer)
