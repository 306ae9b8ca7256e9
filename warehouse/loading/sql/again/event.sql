-- The events of one record type that are judged again, as loading/clock/event.sql has them. Grain: one row a verdict.
create temporary table event on commit drop as
select
    row_number() over () as row_no,
    m.record_key,
    m.milestone,
    m.event_on,
    m.event_field_no,
    true as has_reason,
    m.insurer_id,
    true as has_previous,
    m.event_on as previous_event_on,
    m.event_field_no as previous_event_field_no,
    m.deadline_on as previous_deadline_on,
    m.timeliness as previous_timeliness,
    m.calendar_version as previous_calendar_version,
    m.working_days as previous_working_days,
    m.rule as previous_rule,
    m.extension_no as previous_extension_no,
    m.outage_no as previous_outage_no,
    m.judging_no as previous_judging_no,
    m.known_from as previous_known_from,
    m.first_received_at,
    m.working_days,
    m.rule
from due as d
inner join quality.milestone as m
    on
        d.insurer_id = m.insurer_id
        and d.record_type = m.record_type
        and d.record_key = m.record_key
        and d.milestone = m.milestone
where d.record_type = :record_type
