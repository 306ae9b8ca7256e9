-- The days of a calendar version from an event to a deadline, with the working days counted. Grain: one row a day.
select
    d.day,
    d.is_working_day,
    d.note,
    d.working_day_no - o.working_day_no as counted
from reference.calendar_day as d
inner join reference.calendar_day as o on d.calendar_version = o.calendar_version and o.day = :event_on
where
    d.calendar_version = :calendar_version
    and d.day >= :event_on
    and d.day <= coalesce(cast(:deadline_on as date), reference.last_published_day(:calendar_version))
order by d.day
