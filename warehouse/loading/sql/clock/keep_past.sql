-- Keep the verdicts that others replace. Grain: one row a record and milestone whose verdict changes.
insert into quality.milestone_past (
    insurer_id, record_type, record_key, milestone, event_on, event_field_no, deadline_on, first_received_at, timeliness,
    calendar_version, working_days, rule, extension_no, outage_no, judging_no, known_from, superseded_at,
    superseded_by_judging_no
)
select
    insurer_id,
    :record_type,
    record_key,
    milestone,
    previous_event_on,
    previous_event_field_no,
    previous_deadline_on,
    first_received_at,
    previous_timeliness,
    previous_calendar_version,
    previous_working_days,
    previous_rule,
    previous_extension_no,
    previous_outage_no,
    previous_judging_no,
    previous_known_from,
    :recorded_at,
    :judging_no
from verdict
where has_previous and is_changed
