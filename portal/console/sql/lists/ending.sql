-- Policies in force whose cover ends soon.
-- Grain: one row a policy. Scope: in force on the as-of day, by its endorsements; last day of cover within :days days of it.
-- Exclusions: followers of coinsured policies, which the lead reports. Limits: next_policy_no is a policy of the same
--   enterprise that begins no later than the day after and ends later, among those that the caller may see.
with ending as materialized (
    select
        t.*,
        least(t.cover_end_date, t.termination_date - 1) as last_day
    from report.policy_state_at(:as_of, :known_at) as t
    where
        t.is_in_force and t.is_lead
        and least(t.cover_end_date, t.termination_date - 1)
        between :as_of and cast(:as_of as date) + cast(:days as integer)
),

renewed as (
    select
        e.version_id,
        min(n.policy_no) as next_policy_no
    from ending as e
    inner join known_policy as n on e.insured_credit_code = n.insured_credit_code
    where
        (n.insurer_id, n.policy_no) <> (e.insurer_id, e.policy_no)
        and n.cover_start_date <= e.last_day + 1
        and n.cover_end_date > e.last_day
        and n.termination_date is null
    group by e.version_id
)

select
    to_char(s.last_day, 'YYYY-MM-DD') as sort_key,
    concat_ws(':', s.insurer_id, s.policy_no) as row_key,
    s.last_day as on_date,
    'policy' as record_type,
    s.version_id,
    s.policy_no as record_key,
    s.insurer_id,
    s.region_code,
    s.high_risk_domain_code as domain_code,
    s.policy_no,
    p.insured_name,
    s.insured_credit_code,
    s.last_day,
    s.last_day - :as_of as days_left,
    r.next_policy_no
from ending as s
left join renewed as r on s.version_id = r.version_id
left join known_policy as p on s.version_id = p.version_id
