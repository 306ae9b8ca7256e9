-- Deadlines by a calendar version, before extensions. Grain: one row an event date and number of working days.
-- plain_deadline_on null with working_days set: the count runs past the last published day; never a guess.
-- deadline_on: moved to the next working day where the hub itself was down on the last one.
create temporary table deadline on commit drop as
select
    counted.event_on,
    counted.working_days,
    due.day as plain_deadline_on,
    case when c.day is null then due.day else c.moved_to end as deadline_on,
    c.outage_no
from (select distinct
    event_on,
    working_days
from event) as counted
left join reference.calendar_day as day_0
    on counted.event_on = day_0.day and day_0.calendar_version = :calendar_version
left join reference.calendar_day as due
    on
        due.calendar_version = :calendar_version
        and due.is_working_day
        and due.working_day_no = day_0.working_day_no + counted.working_days
left join credited as c on due.day = c.day
