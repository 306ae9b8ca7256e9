-- Deadlines that an extension moves. Grain: one row a row and milestone, by the extension that moves it furthest.
-- Scope: extensions in force, of the record's insurer and type, whose scope the record is in; a city is that of the
--   record's policy on the day of the event. slot_source: the rows, as s; slot_region_code: their region.
-- not_before: the deadline is no earlier, though a count that runs past the published calendar leaves it open.
create temporary table extended on commit drop as
select distinct on (e.row_no, e.milestone)
    e.row_no,
    e.milestone,
    x.extension_no,
    case when c.day is null then moved.deadline_on else c.moved_to end as deadline_on,
    c.outage_no,
    x.until_on as not_before
from event as e
inner join :slot_source as s on e.row_no = s.row_no
inner join deadline as d on e.event_on = d.event_on and e.working_days = d.working_days
inner join landing.extension_known as x
    on
        e.insurer_id = x.insurer_id
        and x.record_type in (:record_type, '*')
        and x.granted_at <= :recorded_at
        and x.revoked_at > :recorded_at
        and e.event_on >= coalesce(x.events_from, '-infinity')
        and e.event_on <= coalesce(x.events_to, 'infinity')
        and (x.record_keys is null or e.record_key = any(x.record_keys))
left join reference.calendar_day as day_0
    on e.event_on = day_0.day and day_0.calendar_version = :calendar_version
left join reference.calendar_day as due
    on
        due.calendar_version = :calendar_version
        and due.is_working_day
        and due.working_day_no = day_0.working_day_no + e.working_days + x.extra_days
cross join
    lateral (
        select
            case
                when x.extra_days is not null then due.day
                when d.plain_deadline_on is not null then greatest(d.plain_deadline_on, x.until_on)
            end as deadline_on
    ) as moved
left join credited as c on moved.deadline_on = c.day
where
    (
        x.city_code is null
        or x.city_code = (
            select r.city_code
            from reference.region_resolution as r
            where
                r.region_code = (:slot_region_code)
                and e.event_on >= r.valid_from
                and e.event_on <= coalesce(r.valid_to, 'infinity')
        )
    )
    and (moved.deadline_on is distinct from d.plain_deadline_on or (moved.deadline_on is null and x.until_on is not null))
order by e.row_no asc, e.milestone asc, moved.deadline_on desc nulls first, x.until_on desc nulls last, x.extension_no asc
