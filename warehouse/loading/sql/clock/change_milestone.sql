-- Replace the verdicts that changed. Grain: one row a record and milestone; the first receipt of an event never moves.
update quality.milestone as m
set
    event_on = v.event_on,
    event_field_no = v.event_field_no,
    deadline_on = v.deadline_on,
    timeliness = v.timeliness,
    calendar_version = :calendar_version,
    working_days = v.working_days,
    rule = v.rule,
    extension_no = v.extension_no,
    outage_no = v.outage_no,
    judging_no = :judging_no,
    known_from = :recorded_at
from verdict as v
where
    v.has_previous
    and v.is_changed
    and m.insurer_id = v.insurer_id
    and m.record_type = :record_type
    and m.record_key = v.record_key
    and m.milestone = v.milestone
