-- Keep the verdicts. Grain: one row a record and milestone; the first receipt of an event never moves.
insert into quality.milestone as existing (
    insurer_id, record_type, record_key, milestone, event_on, deadline_on, first_received_at, timeliness,
    calendar_version
)
select
    :insurer_id,
    :record_type,
    record_key,
    milestone,
    event_on,
    deadline_on,
    first_received_at,
    timeliness,
    :calendar_version
from verdict
on conflict (insurer_id, record_type, record_key, milestone) do update
    set
        event_on = excluded.event_on,
        deadline_on = excluded.deadline_on,
        timeliness = excluded.timeliness,
        calendar_version = excluded.calendar_version
    where
    (existing.event_on, existing.deadline_on, existing.timeliness)
    is distinct from (excluded.event_on, excluded.deadline_on, excluded.timeliness)
