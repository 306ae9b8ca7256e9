-- grain: one row an obligation whose window ends in the period: a window of a rule, or a line of an agreed plan
-- scope: services confirmed by both sides by D that fulfil it, at most those owed, over those owed
-- exclusions: followers (not_lead); of plan lines as I3; other provinces by the roll-up
-- limits: which rule asks what, and which service counts where: docs/obligations.md
select
    o.record_type,
    o.record_id,
    cast(null as text) as unit,
    o.insurer_id,
    o.region_code,
    o.window_end_date as business_date,
    o.high_risk_domain_code as domain_code,
    least(o.done_count, o.required_count) as numerator,
    o.required_count as denominator,
    o.exclusion
from core.obligation(:as_of, :known_at) as o
where o.window_end_date between :period_start and :period_end and o.required_count > 0
