-- Planned services that were not all done by the end of their window.
-- Grain: one row a line of a plan. Scope: lines that the published completion ratio of the period counts, with fewer
--   services confirmed by both sides than planned.
-- Exclusions: as the indicator's definition. Limits: windows that ended before the period are not in it.
select
    to_char(c.business_date, 'YYYY-MM-DD') as sort_key,
    concat_ws(':', c.insurer_id, c.record_key) as row_key,
    c.business_date as on_date,
    c.record_type,
    c.version_id,
    c.record_key,
    c.insurer_id,
    coalesce(p.region_code, :region_code) as region_code,
    coalesce(p.high_risk_domain_code, :domain_code) as domain_code,
    l.plan_no,
    l.plan_line_no,
    l.policy_no,
    p.insured_name,
    l.service_item_code,
    c.business_date as window_end_date,
    :as_of - c.business_date as days_overdue,
    c.denominator as planned_count,
    c.numerator as done_count,
    c.denominator - c.numerator as missing_count
from (
    :slot_cell
) as c
left join report.service_plan_known(:known_at) as l on c.version_id = l.version_id
left join known_policy as p on l.insurer_id = p.insurer_id and l.policy_no = p.policy_no
where c.numerator < c.denominator
