-- Cover of one enterprise on a day. Grain: one row a policy. Scope: in force first, endorsements included.
-- Exclusions, limits: as report.enterprise_cover.
select
    c.version_id,
    c.insurer_id,
    c.policy_no,
    c.is_in_force,
    c.is_lead,
    c.cover_start_date,
    least(c.cover_end_date, c.termination_date - 1) as last_day,
    c.insured_person_count,
    c.employee_count,
    c.per_person_limit_amount,
    c.aggregate_limit_amount
from report.enterprise_cover(:credit_code, :as_of, :known_at) as c
order by c.is_in_force desc, c.cover_start_date desc nulls last, c.insurer_id asc, c.policy_no asc
