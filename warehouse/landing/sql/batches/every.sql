-- Every finding of a batch, of its rows in their order. Grain: one row a finding; what speaks of the whole batch comes first.
-- Scope: errors and warnings, also of rows that were loaded; resolved ones as well.
select
    f.row_no,
    f.place,
    f.record_type,
    f.record_key,
    f.rule_id,
    r.title_zh as rule_title,
    f.severity,
    f.field,
    f.value,
    f.expected,
    f.message,
    f.source_column,
    f.column_letter,
    f.opened_at,
    f.resolved_at,
    f.resolved_by_batch_id
from quality.finding as f
left join reference.rule as r on f.rule_id = r.rule_id
where f.batch_id = :batch_id
order by f.row_no nulls first, f.severity, f.finding_id
