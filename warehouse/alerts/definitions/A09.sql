-- grain: one row an obligation that is overdue
-- scope: as report.obligation_at, state overdue
-- exclusions: obligations that are due, done or open; lines of agreed plans (A08a)
-- limits: where no rule of the area derives obligations there are none
select
    o.insurer_id,
    o.region_code,
    o.high_risk_domain_code as domain_code,
    'policy' as record_type,
    o.policy_no || '|' || o.obligation_no as record_key,
    cast(null as date) as deadline_on,
    o.policy_no,
    o.title_zh as duty,
    o.window_end_date,
    o.required_count,
    o.done_count,
    o.rule_no
from report.obligation_at(:as_of, :known_at) as o
where o.state = 'overdue' and o.duty_code <> 'plan_line'
