-- Outages of the hub's services, the newest first. Grain: one row an outage.
-- verdict_count: verdicts that stand by it.
select
    o.outage_no,
    o.service,
    o.began_at,
    o.ended_at,
    o.is_planned,
    o.is_credited,
    o.basis,
    o.recorded_at,
    (
        select count(*) from quality.milestone as m
        where m.outage_no = o.outage_no
    ) as verdict_count
from landing.outage as o
order by o.began_at desc, o.service asc
