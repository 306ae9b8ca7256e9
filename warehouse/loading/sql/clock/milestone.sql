-- Keep the verdicts of records that had none. Grain: one row a record and milestone.
insert into quality.milestone (
    insurer_id, record_type, record_key, milestone, event_on, event_field_no, deadline_on, first_received_at, timeliness,
    calendar_version, working_days, rule, extension_no, outage_no, judging_no, known_from
)
select
    insurer_id,
    :record_type,
    record_key,
    milestone,
    event_on,
    event_field_no,
    deadline_on,
    first_received_at,
    timeliness,
    :calendar_version,
    working_days,
    rule,
    extension_no,
    outage_no,
    :judging_no,
    :recorded_at
from verdict
where not has_previous
