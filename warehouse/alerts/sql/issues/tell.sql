-- The steps of the issues whose records came or went.
-- Grain: one row an issue. Scope: records that entered or left at the moment of the look. Exclusions, limits: none.
insert into alert.event (alert_no, event, at, entered_count, left_count)
select
    n.alert_no,
    case
        when n.is_new then 'opened'
        when n.now_count = 0 then 'closed'
        when n.now_count - n.entered_count + n.left_count = 0 then 'reopened'
        else 'updated'
    end as event,
    :known_at,
    n.entered_count,
    n.left_count
from (
    select
        r.alert_no,
        count(*) filter (where r.left_at is null) as now_count,
        count(*) filter (where r.entered_at = :known_at) as entered_count,
        count(*) filter (where r.left_at = :known_at) as left_count,
        not exists (
            select from alert.event as e
            where e.alert_no = r.alert_no
        ) as is_new
    from alert.record as r
    group by r.alert_no
) as n
where n.entered_count + n.left_count > 0
order by n.alert_no
