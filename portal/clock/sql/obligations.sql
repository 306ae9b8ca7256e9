-- Services that insurers owe. Grain: one row an obligation, the overdue ones first.
-- Scope: policies that the caller may see; without a state those that are due or overdue.
-- Exclusions, limits: as report.obligation_at.
select
    case o.state when 'overdue' then '0' when 'due' then '1' when 'open' then '2' else '3' end
    || to_char(o.window_end_date, 'YYYY-MM-DD') as sort_key,
    concat_ws(':', o.insurer_id, o.obligation_no) as row_key,
    o.window_end_date as on_date,
    cast(null as text) as record_type,
    cast(null as bigint) as version_id,
    o.obligation_no as record_key,
    o.insurer_id,
    o.region_code,
    o.high_risk_domain_code as domain_code,
    o.state,
    o.title_zh,
    o.policy_no,
    o.insured_credit_code,
    o.window_start_date,
    o.window_end_date,
    o.required_count,
    o.done_count,
    o.rule_no,
    o.source,
    o.duty_code
from report.obligation_at(:as_of, :known_at) as o
where case when cast(:state as text) is null then o.state in ('due', 'overdue') else o.state = :state end
