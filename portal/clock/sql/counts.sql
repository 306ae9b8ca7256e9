-- How much of each there is for the caller now. Grain: one row.
-- Scope: silent_count null: the caller is shown no feeds. Limits: as the functions.
select
    (
        select count(*)
        from report.due_soon_at(:as_of, :known_at, 1) as d
        where d.insurer_id = coalesce(:insurer_id, d.insurer_id)
    ) as due_count,
    (
        select case when count(*) > 0 then count(*) filter (where s.is_silent) end
        from report.silence_at(:as_of, :known_at) as s
        where s.insurer_id = coalesce(:insurer_id, s.insurer_id)
    ) as silent_count,
    o.owed_count,
    o.overdue_count,
    a.alert_count,
    a.critical_count
from (
    select
        count(*) filter (where b.state = 'due') as owed_count,
        count(*) filter (where b.state = 'overdue') as overdue_count
    from report.obligation_at(:as_of, :known_at) as b
    where b.insurer_id = coalesce(:insurer_id, b.insurer_id)
) as o
cross join (
    select
        count(*) as alert_count,
        count(*) filter (where c.level = 'critical') as critical_count
    from report.alert as c
    where c.state = 'open'
) as a
