-- grain: one row a major hazard past its deadline and not rectified
-- scope: as report.hazard_overdue, which the list of major hazards past deadline shows too
-- exclusions: hazards rectified but not yet verified
-- limits: a hazard whose service or policy has not come has no area
select
    h.insurer_id,
    h.region_code,
    h.high_risk_domain_code as domain_code,
    'hazard' as record_type,
    h.hazard_no as record_key,
    cast(null as date) as deadline_on,
    h.hazard_no,
    h.insured_name,
    h.rectify_deadline_date
from report.hazard_overdue(:as_of, :known_at) as h
