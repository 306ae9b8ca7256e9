-- Alerts as one receiver is told of them.
-- Grain: one row an alert with records of the receiver's scope. Scope: of an insurer its own records, of a city those of its
--   area, of the province all; open ones, and those that closed since the last message.
-- Exclusions: records of others: of an alert of many insurers, each is told of its own part.
-- Limits: three records are named. is_mine: the receiver is the one who acts, or it was escalated to it.
with mine as (
    select r.*
    from alert.record as r
    where
        (cast(:insurer_id as text) is null or r.insurer_id = :insurer_id)
        and (
            cast(:region_code as text) is null
            or r.region_code in (
                select g.region_code
                from reference.region_resolution as g
                where :region_code in (g.region_code, g.county_code, g.city_code)
            )
        )
        and (r.left_at is null or r.left_at > :since)
),

part as (
    select
        m.alert_no,
        count(*) filter (where m.left_at is null) as record_count,
        count(distinct m.insurer_id) filter (where m.left_at is null) as insurer_count,
        count(*) filter (where m.left_at is null and m.entered_at > :since) as entered_count,
        count(*) filter (where m.left_at is not null) as left_count,
        min(m.deadline_on) filter (where m.left_at is null) as deadline_on
    from mine as m
    group by m.alert_no
),

step as (
    select distinct on (e.alert_no)
        e.alert_no,
        e.event
    from alert.event as e
    where
        e.event in ('opened', 'reopened', 'acknowledged', 'snoozed', 'woken')
        and (e.insurer_id is null or e.insurer_id = :insurer_id)
    order by e.alert_no asc, e.event_id desc
),

raised as (
    select
        e.alert_no,
        bool_or(e.at > :since) as is_news
    from alert.event as e
    where
        e.event = 'escalated'
        and e.to_role = :role
        and e.event_id > (
            select max(o.event_id)
            from alert.event as o
            where o.alert_no = e.alert_no and o.event in ('opened', 'reopened')
        )
    group by e.alert_no
),

named as (
    select
        o.alert_no,
        array_agg(core.masked(alert.filled(k.record_zh, o.named)) order by o.place) as lines
    from (
        select
            m.alert_no,
            m.named,
            row_number() over (
                partition by m.alert_no
                order by m.entered_at desc, m.deadline_on asc, m.record_key asc
            ) as place
        from mine as m
        where m.left_at is null
    ) as o
    inner join alert.issue as i on o.alert_no = i.alert_no
    inner join reference.alert_kind as k on i.kind = k.kind
    where o.place <= 3
    group by o.alert_no
)

select
    i.alert_no,
    i.kind,
    i.scope,
    i.insurer_id,
    i.region_code,
    k.level,
    k.level_zh,
    k.title_zh,
    k.remedy_zh,
    k.link,
    alert.filled(
        k.message_zh, k.thresholds || jsonb_build_object('count', p.record_count, 'insurers', p.insurer_count)
    ) as reason,
    p.record_count,
    p.insurer_count,
    p.entered_count,
    p.left_count,
    p.deadline_on,
    s.event = 'acknowledged' as is_acknowledged,
    s.event = 'snoozed' as is_snoozed,
    r.alert_no is not null as is_escalated,
    coalesce(r.is_news, false) as is_escalated_now,
    r.alert_no is not null
    or case
        when i.scope = 'province' then cast(:role as text) = 'province' or cast(:insurer_id as text) is not null
        else k.owner_kind = :role
    end as is_mine,
    coalesce(n.lines, cast('{}' as text[])) as lines
from part as p
inner join alert.issue as i on p.alert_no = i.alert_no
inner join step as s on i.alert_no = s.alert_no
inner join reference.alert_kind as k on i.kind = k.kind
left join raised as r on i.alert_no = r.alert_no
left join named as n on i.alert_no = n.alert_no
order by
    array_position(array['critical', 'warning', 'notice'], k.level) asc, p.entered_count desc, i.alert_no asc
