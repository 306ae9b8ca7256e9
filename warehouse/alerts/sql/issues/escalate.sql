-- Escalations: an issue that nobody has acknowledged goes up the ladder, by working days.
-- Grain: one row an issue and step of the ladder, once since it was opened or reopened. Scope: counted from the earliest
--   deadline of its records that has passed, else from the day on which it was opened or reopened.
-- Exclusions: issues that are acknowledged or snoozed. Limits: none where the calendar is not published.
with ladder as (
    select
        unnest(cast(:levels as text[])) as level,
        unnest(cast(:working_days as integer[])) as working_days,
        unnest(cast(:to_roles as text[])) as to_role
),

waiting as (
    select
        a.alert_no,
        a.level,
        b.event_id,
        least(case when a.deadline_on < :as_of then a.deadline_on end, b.on_date) as since
    from report.alert as a
    cross join
        lateral (
            select
                e.event_id,
                cast(e.at at time zone 'Asia/Shanghai' as date) as on_date
            from alert.event as e
            where e.alert_no = a.alert_no and e.event in ('opened', 'reopened')
            order by e.event_id desc
            limit 1
        ) as b
    where a.state = 'open'
)

insert into alert.event (alert_no, event, at, on_date, to_role)
select
    w.alert_no,
    'escalated' as event,
    cast(:known_at as timestamptz) as at,
    w.since,
    l.to_role
from waiting as w
inner join ladder as l on w.level = l.level
inner join reference.calendar_day as f on w.since = f.day and f.calendar_version = :calendar_version
inner join reference.calendar_day as t on t.day = :as_of and f.calendar_version = t.calendar_version
where
    t.working_day_no - f.working_day_no >= l.working_days
    and not exists (
        select from alert.event as e
        where
            e.alert_no = w.alert_no
            and e.event = 'escalated'
            and e.to_role = l.to_role
            and e.event_id > w.event_id
    )
