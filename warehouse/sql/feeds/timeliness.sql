-- Verdicts of the five-working-day rule. Grain: one row an insurer and record type.
-- Scope: business events of the half-open interval of dates. Exclusions: events before the rule was in force.
select
    insurer_id,
    record_type,
    count(*) as due_count,
    count(*) filter (where timeliness = 'on_time') as on_time_count,
    count(*) filter (where timeliness = 'late') as late_count,
    count(*) filter (where timeliness = 'undetermined') as undetermined_count
from quality.milestone
where
    timeliness is not null
    and event_on >= :since
    and event_on < :until
group by insurer_id, record_type
order by insurer_id, record_type
