-- Verdicts whose last day an outage hit that came to be known at this moment. Grain: one row a verdict.
insert into due (insurer_id, record_type, record_key, milestone)
select
    m.insurer_id,
    m.record_type,
    m.record_key,
    m.milestone
from quality.milestone as m
where
    m.timeliness is not null
    and exists (
        select 1 from landing.outage as o
        where
            o.recorded_at = :judged_at
            and m.deadline_on >= cast(o.began_at at time zone 'Asia/Shanghai' as date)
            and m.deadline_on <= cast(o.ended_at at time zone 'Asia/Shanghai' as date)
    )
