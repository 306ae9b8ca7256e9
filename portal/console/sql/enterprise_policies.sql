-- Policies of one enterprise.
-- Grain: one row a policy. Scope: current versions that name it as insured. Exclusions: policies that an endorsement gave it.
-- Limits: dates and counts are those of issue: endorsements stand in the timeline.
select
    p.version_id,
    p.insurer_id,
    p.policy_no,
    p.insured_name,
    p.policy_status_code,
    p.issue_date,
    p.cover_start_date,
    p.cover_end_date,
    p.termination_date,
    p.written_premium_amount,
    p.insured_person_count,
    p.employee_count,
    p.per_person_limit_amount,
    p.aggregate_limit_amount,
    p.is_coinsured
from report.policy as p
where p.insured_credit_code = :credit_code
order by p.cover_start_date desc nulls last, p.insurer_id asc, p.policy_no asc
