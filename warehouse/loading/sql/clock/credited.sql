-- Days on which the hub itself was down for longer than the bound, and the day to which a deadline moves from each.
-- Grain: one row a day; outage_no is the outage of the day, of several the first.
-- Scope: outages that were known and are credited; where it was down on the next working day too, on to the one after.
-- moved_to null: there is no further published working day.
create temporary table credited on commit drop as
with recursive hit as (
    select
        d.day,
        min(o.outage_no) as outage_no
    from landing.outage as o
    inner join reference.calendar_day as d
        on
            d.calendar_version = :calendar_version
            and d.day between cast(o.began_at at time zone 'Asia/Shanghai' as date)
            and cast(o.ended_at at time zone 'Asia/Shanghai' as date)
    where
        o.is_credited
        and o.recorded_at <= :recorded_at
        and least(o.ended_at, cast(d.day + 1 as timestamp) at time zone 'Asia/Shanghai')
        - greatest(o.began_at, cast(d.day as timestamp) at time zone 'Asia/Shanghai') > o.longest_silence
    group by d.day
),

moved as (
    select
        h.day,
        h.outage_no,
        due.day as moved_to,
        1 as step
    from hit as h
    inner join reference.calendar_day as last_day
        on h.day = last_day.day and last_day.calendar_version = :calendar_version
    left join reference.calendar_day as due
        on
            due.calendar_version = :calendar_version
            and due.is_working_day
            and due.working_day_no = last_day.working_day_no + 1
    union all
    select
        m.day,
        m.outage_no,
        due.day as moved_to,
        m.step + 1 as step
    from moved as m
    inner join hit as again on m.moved_to = again.day
    inner join reference.calendar_day as last_day
        on again.day = last_day.day and last_day.calendar_version = :calendar_version
    left join reference.calendar_day as due
        on
            due.calendar_version = :calendar_version
            and due.is_working_day
            and due.working_day_no = last_day.working_day_no + 1
)

select distinct on (m.day)
    m.day,
    m.outage_no,
    m.moved_to
from moved as m
order by m.day asc, m.step desc
