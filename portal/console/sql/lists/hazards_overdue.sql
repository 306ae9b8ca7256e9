-- Major hazards whose deadline has passed and that are not rectified.
-- Grain: one row a hazard. Scope: level 20 (major), deadline before the as-of day, not rectified by that day; area and
--   sector of the policy of the service that found it.
-- Exclusions: hazards rectified but not yet verified. Limits: a hazard whose service or policy has not come has no area: it
--   is in the list of the whole province only.
select
    to_char(h.rectify_deadline_date, 'YYYY-MM-DD') as sort_key,
    concat_ws(':', h.insurer_id, h.hazard_no) as row_key,
    h.rectify_deadline_date as on_date,
    'hazard' as record_type,
    h.version_id,
    h.hazard_no as record_key,
    h.insurer_id,
    p.region_code,
    p.high_risk_domain_code as domain_code,
    h.hazard_no,
    coalesce(p.insured_name, e.enterprise_name) as insured_name,
    h.insured_credit_code,
    h.description_text,
    h.found_at,
    h.rectify_deadline_date,
    :as_of - h.rectify_deadline_date as days_overdue,
    h.hazard_status_code,
    h.notified_at,
    h.escalated_at
from report.hazard_known(:known_at) as h
left join report.service_record_known(:known_at) as s on h.insurer_id = s.insurer_id and h.service_no = s.service_no
left join known_policy as p on s.insurer_id = p.insurer_id and s.policy_no = p.policy_no
left join report.enterprise_known(:known_at) as e on h.insured_credit_code = e.credit_code
where
    h.hazard_level_code = '20'
    and h.rectify_deadline_date < :as_of
    and not coalesce(
        h.hazard_status_code in ('20', '30')
        and cast(h.rectified_at at time zone 'Asia/Shanghai' as date) <= :as_of,
        false
    )
