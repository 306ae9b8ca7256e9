-- grain: one row a major hazard past its deadline that was not reported
-- scope: as report.hazard_overdue, without a time of escalation, the working days to report over
-- exclusions: hazards rectified but not yet verified
-- limits: where the calendar is not published, the hazard is not judged
select
    h.insurer_id,
    h.region_code,
    h.high_risk_domain_code as domain_code,
    'hazard' as record_type,
    h.hazard_no as record_key,
    cast(null as date) as deadline_on,
    h.hazard_no,
    h.rectify_deadline_date
from report.hazard_overdue(:as_of, :known_at) as h
inner join reference.calendar_day as f
    on h.rectify_deadline_date = f.day and f.calendar_version = :calendar_version
inner join reference.calendar_day as d
    on
        f.calendar_version = d.calendar_version
        and d.is_working_day
        and f.working_day_no + cast(:days as integer) = d.working_day_no
where h.escalated_at is null and d.day < :as_of
