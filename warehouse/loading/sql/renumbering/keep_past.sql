-- Keep the verdicts under new numbers that those of the old ones replace. Grain: one row a record and milestone.
insert into quality.milestone_past (
    insurer_id, record_type, record_key, milestone, event_on, event_field_no, deadline_on, first_received_at, timeliness,
    calendar_version, working_days, rule, extension_no, outage_no, judging_no, known_from, superseded_at
)
select
    m.insurer_id,
    m.record_type,
    m.record_key,
    m.milestone,
    m.event_on,
    m.event_field_no,
    m.deadline_on,
    m.first_received_at,
    m.timeliness,
    m.calendar_version,
    m.working_days,
    m.rule,
    m.extension_no,
    m.outage_no,
    m.judging_no,
    m.known_from,
    :recorded_at
from carried as c
inner join quality.milestone as m
    on
        c.insurer_id = m.insurer_id
        and m.record_type = :named_type
        and c.record_key = m.record_key
        and c.milestone = m.milestone
