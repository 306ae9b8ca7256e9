-- Findings of the batch. Grain: one row a finding. Exclusions: rows that are exact duplicates, judged before.
insert into quality.finding (
    batch_id, row_no, place, insurer_id, record_type, record_key, rule_id, severity, field, value, expected, message,
    parent_record_type, parent_key, opened_at
)
select
    :batch_id, f.row_no, s.place, :insurer_id, :record_type, s.record_key, f.rule_id, f.severity, f.field, f.value,
    f.expected, f.message, f.parent_record_type, f.parent_key, :recorded_at
from staged_finding as f
left join staged as s on f.row_no = s.row_no
left join outcome as o on f.row_no = o.row_no
where f.row_no is null or o.outcome <> 'duplicate'
order by f.row_no nulls first, f.finding_no
