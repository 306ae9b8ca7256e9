-- The verdicts on one record that stand at a moment. Grain: one row a milestone. Scope: records that the caller may see.
-- Exclusions: verdicts that stood before. Limits: as report.freshness_of; none for a number that is masked.
select
    f.milestone,
    f.event_on,
    f.deadline_on,
    f.first_received_at,
    f.timeliness,
    f.calendar_version,
    f.basis,
    d.field_name as milestone_name,
    (
        select json_agg(json_build_object('day', c.day, 'is_working_day', c.is_working_day, 'note', c.note, 'counted', c.counted) order by c.day)
        from report.counted_day(f.calendar_version, f.event_on, f.deadline_on) as c
        where f.deadline_on is not null
    ) as days
from report.freshness_of(:insurer_id, :record_type, :record_key, :known_at) as f
left join report.field as d on d.record_type = :record_type and f.milestone = d.field
order by f.event_on, f.milestone
