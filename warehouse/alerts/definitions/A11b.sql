-- grain: one row a hazard whose deadline is today or comes by the next working day
-- scope: hazards not rectified, of both levels
-- exclusions: hazards past their deadline (A10, A11)
-- limits: where the calendar of the next working day is not published, nothing is found
select
    h.insurer_id,
    p.region_code,
    p.high_risk_domain_code as domain_code,
    'hazard' as record_type,
    h.hazard_no as record_key,
    h.rectify_deadline_date as deadline_on,
    h.hazard_no,
    case h.hazard_level_code when '20' then '重大' else '一般' end as level,
    h.rectify_deadline_date
from core.hazard_known(:known_at) as h
left join core.service_record_known(:known_at) as s on h.insurer_id = s.insurer_id and h.service_no = s.service_no
left join core.policy_known(:known_at) as p on s.insurer_id = p.insurer_id and s.policy_no = p.policy_no
where
    h.hazard_status_code not in ('20', '30')
    and h.rectify_deadline_date between :as_of and cast(:next_working_day as date)
