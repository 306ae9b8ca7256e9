-- Verdicts go with the record; the first receipt of an event never moves. Grain: one row a record and milestone.
-- What they replace under the new number is kept: keep_past.sql, before this, has the same rows.
insert into quality.milestone as existing (
    insurer_id, record_type, record_key, milestone, event_on, event_field_no, deadline_on, first_received_at, timeliness,
    calendar_version, working_days, rule, extension_no, outage_no, judging_no, known_from
)
select
    insurer_id,
    :named_type,
    record_key,
    milestone,
    event_on,
    event_field_no,
    deadline_on,
    first_received_at,
    timeliness,
    calendar_version,
    working_days,
    rule,
    extension_no,
    outage_no,
    judging_no,
    :recorded_at
from carried
on conflict (insurer_id, record_type, record_key, milestone) do update
    set
        event_field_no = excluded.event_field_no,
        deadline_on = excluded.deadline_on,
        first_received_at = excluded.first_received_at,
        timeliness = excluded.timeliness,
        calendar_version = excluded.calendar_version,
        working_days = excluded.working_days,
        rule = excluded.rule,
        extension_no = excluded.extension_no,
        outage_no = excluded.outage_no,
        judging_no = excluded.judging_no,
        known_from = excluded.known_from
