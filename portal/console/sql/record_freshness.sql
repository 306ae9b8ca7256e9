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
    d.field_name as milestone_name
from report.freshness_of(:insurer_id, :record_type, :record_key, :known_at) as f
left join report.field as d on d.record_type = :record_type and f.milestone = d.field
order by f.event_on, f.milestone
