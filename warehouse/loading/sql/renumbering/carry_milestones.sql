-- Verdicts go with the record; the first receipt of an event never moves. Grain: one row a record and milestone.
insert into quality.milestone as existing (
    insurer_id, record_type, record_key, milestone, event_on, deadline_on, first_received_at, timeliness,
    calendar_version
)
select distinct on (l.new_key, m.milestone)
    m.insurer_id,
    m.record_type,
    l.new_key as record_key,
    m.milestone,
    m.event_on,
    m.deadline_on,
    m.first_received_at,
    m.timeliness,
    m.calendar_version
from leaving as l
inner join quality.milestone as m
    on m.insurer_id = :insurer_id and m.record_type = :named_type and l.old_key = m.record_key
order by l.new_key, m.milestone, m.first_received_at, l.newest_no
on conflict (insurer_id, record_type, record_key, milestone) do update
    set
        deadline_on = excluded.deadline_on,
        first_received_at = excluded.first_received_at,
        timeliness = excluded.timeliness,
        calendar_version = excluded.calendar_version
    where existing.event_on = excluded.event_on and excluded.first_received_at < existing.first_received_at
