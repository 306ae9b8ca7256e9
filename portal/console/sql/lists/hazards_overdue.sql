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
    h.region_code,
    h.high_risk_domain_code as domain_code,
    h.hazard_no,
    h.insured_name,
    h.insured_credit_code,
    h.description_text,
    h.found_at,
    h.rectify_deadline_date,
    :as_of - h.rectify_deadline_date as days_overdue,
    h.hazard_status_code,
    h.notified_at,
    h.escalated_at
from report.hazard_overdue(:as_of, :known_at) as h
