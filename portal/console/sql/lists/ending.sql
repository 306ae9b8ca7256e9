-- Policies in force whose cover ends soon.
-- Grain: one row a policy. Scope: in force on the as-of day, by its endorsements; last day of cover within :days days of it.
-- Exclusions: followers of coinsured policies, which the lead reports. Limits: next_policy_no is a policy of the same
--   enterprise that begins no later than the day after and ends later, among those that the caller may see.
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
    (
        select min(n.policy_no)
        from known_policy as n
        where
            n.insured_credit_code = s.insured_credit_code
            and (n.insurer_id, n.policy_no) <> (s.insurer_id, s.policy_no)
            and n.cover_start_date <= s.last_day + 1
            and n.cover_end_date > s.last_day
            and n.termination_date is null
    ) as next_policy_no
from (
    select
        t.*,
        least(t.cover_end_date, t.termination_date - 1) as last_day
    from report.policy_state_at(:as_of, :known_at) as t
    where t.is_in_force and t.is_lead
) as s
left join known_policy as p on s.version_id = p.version_id
where s.last_day between :as_of and cast(:as_of as date) + cast(:days as integer)
