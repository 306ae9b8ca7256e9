-- Deadline of each event date by rule R32 and a calendar version. Grain: one row an event date.
-- working_days null: the rule was not in force on that date. deadline_on null with working_days set: the count runs
-- past the last published day; never a guess.
create temporary table deadline on commit drop as
select
    happened.event_on,
    rule.working_days,
    due.day as deadline_on
from (select distinct event_on from event) as happened
left join lateral (
    select cast(r.threshold_value as integer) as working_days
    from core.rule_threshold_current as r
    where
        r.rule_no = 'R32'
        and r.valid_from_date <= happened.event_on
        and (r.valid_to_date is null or happened.event_on <= r.valid_to_date)
    order by r.valid_from_date desc, r.version_no desc
    limit 1
) as rule on true
left join reference.calendar_day as day_0
    on happened.event_on = day_0.day and day_0.calendar_version = :calendar_version
left join reference.calendar_day as due
    on
        due.calendar_version = :calendar_version
        and due.is_working_day
        and due.working_day_no = day_0.working_day_no + rule.working_days
