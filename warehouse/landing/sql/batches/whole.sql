-- Findings that speak of a whole batch. Grain: one row a finding. Exclusions: findings of single rows.
select
    f.rule_id,
    f.severity,
    f.field,
    f.value,
    f.expected,
    f.message,
    f.source_column,
    f.column_letter,
    f.place,
    f.record_type,
    f.opened_at,
    f.resolved_at,
    f.resolved_by_batch_id
from quality.finding as f
where f.batch_id = :batch_id and f.row_no is null
order by f.severity, f.finding_id
