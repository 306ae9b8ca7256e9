-- grain: one row an insurer and record type, with '*' for totals
-- scope: records of the insurer-fed types known at :known_at whose deadline fell in the period
-- exclusions: records without a verdict (their rule was not in force on their business date)
-- limits: the deadline of the main business event; undetermined ones by that event, a day of the period
with verdict as (
    select k.*
    from (
        :slot_verdicts
    ) as k
),

counted as (
    select
        coalesce(v.insurer_id, '*') as insurer_id,
        coalesce(v.record_type, '*') as record_type,
        count(*) filter (where v.timeliness = 'on_time') as on_time_count,
        count(*) filter (where v.timeliness = 'late') as late_count,
        count(*) filter (where v.timeliness = 'undetermined') as undetermined_count
    from verdict as v
    where
        case when v.timeliness = 'undetermined' then v.event_on else v.deadline_on end
        between :period_start and :period_end
    group by grouping sets ((v.insurer_id, v.record_type), (v.insurer_id), (v.record_type), ())
)

insert into mart.timeliness (
    publication_id, insurer_id, record_type, due_count, on_time_count, late_count, undetermined_count, on_time_ratio
)
select
    :publication_id,
    c.insurer_id,
    c.record_type,
    c.on_time_count + c.late_count as due_count,
    c.on_time_count,
    c.late_count,
    c.undetermined_count,
    core.half_up(c.on_time_count, nullif(c.on_time_count + c.late_count, 0), 6) as on_time_ratio
from counted as c
