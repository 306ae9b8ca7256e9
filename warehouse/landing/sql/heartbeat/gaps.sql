-- Gaps between intervals of a service that are no outage yet, the oldest first. Grain: one row a gap.
-- Exclusions: gaps over which the sandbox's clock was set.
select
    g.service,
    g.began_at,
    g.ended_at,
    g.is_planned
from (
    select
        h.service,
        h.up_from as ended_at,
        lag(h.up_to) over w as began_at,
        lag(h.clock_offset) over w = h.clock_offset as is_one_clock,
        lag(h.stopped_by) over w is not null as is_planned
    from landing.heartbeat as h
    window w as (partition by h.service order by h.up_from)
) as g
where
    g.is_one_clock
    and g.ended_at > g.began_at
    and not exists (
        select 1 from landing.outage as o
        where o.service = g.service and o.began_at = g.began_at
    )
order by g.began_at, g.service
