-- The days of a calendar version from an event to a deadline, with the working days counted. Grain: one row a day.
select
    d.day,
    d.is_working_day,
    d.note,
    d.counted
from report.counted_day(:calendar_version, :event_on, :deadline_on) as d
order by d.day
