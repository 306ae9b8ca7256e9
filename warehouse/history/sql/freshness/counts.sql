-- Verdicts on main milestones as known at a moment, counted. Grain: one row a combination of what is counted by.
-- due = on time + late; all = due + undetermined. A month is that of the deadline, of an undetermined one of its event.
-- slot_records: the record types' parts; slot_by: the columns counted by.
select
    :slot_by,
    count(*) filter (where r.timeliness in ('on_time', 'late')) as due_count,
    count(*) filter (where r.timeliness = 'on_time') as on_time_count,
    count(*) filter (where r.timeliness = 'late') as late_count,
    count(*) filter (where r.timeliness = 'undetermined') as undetermined_count,
    count(*) filter (
        where quality.is_calendar_provisional(r.timeliness, r.deadline_on, last_day.day)
    ) as provisional_count,
    count(*) as all_count
from (
    :slot_records
) as r
cross join (
    select e.last_day as day from reference.calendar_in_force(:known_at) as e
) as last_day
where
    r.timeliness is not null
    and r.insurer_id = coalesce(:insurer_id, r.insurer_id)
group by :slot_by
order by :slot_by
