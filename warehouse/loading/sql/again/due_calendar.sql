-- Verdicts that another calendar may change: undetermined ones, those to be looked at again, and those whose counting
-- touches a day that the calendars tell differently. Grain: one row a verdict by another calendar than this one.
insert into due (insurer_id, record_type, record_key, milestone)
with known as (
    select
        m.calendar_version,
        reference.last_published_day(m.calendar_version) as last_day
    from (select distinct o.calendar_version from quality.milestone as o) as m
    where m.calendar_version <> :calendar_version
),

changed as (
    select
        k.calendar_version,
        d.day
    from known as k
    inner join reference.calendar_day as d on k.calendar_version = d.calendar_version
    inner join reference.calendar_day as n on d.day = n.day and n.calendar_version = :calendar_version
    where d.is_working_day <> n.is_working_day
)

select
    m.insurer_id,
    m.record_type,
    m.record_key,
    m.milestone
from quality.milestone as m
inner join known as k on m.calendar_version = k.calendar_version
where
    m.timeliness is not null
    and (
        m.timeliness = 'undetermined'
        or quality.is_calendar_provisional(m.timeliness, m.deadline_on, k.last_day)
        or exists (
            select 1 from changed as c
            where c.calendar_version = m.calendar_version and c.day > m.event_on and c.day <= m.deadline_on
        )
    )
