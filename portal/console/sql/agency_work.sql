-- Services of an agency.
-- Grain: one row an insurer and status. Scope: current services that the caller may see. Exclusions: services that name no
--   agency. Limits: none.
select
    s.insurer_id,
    s.service_status_code,
    count(*) as service_count,
    coalesce(sum(s.expert_count), 0) as person_times,
    max(s.service_end_at) as last_at
from report.service_record as s
where s.agency_credit_code = :agency_credit_code
group by s.insurer_id, s.service_status_code
order by s.insurer_id, s.service_status_code
