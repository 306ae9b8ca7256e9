-- Problems of a batch in the order of its rows; what speaks of the whole batch comes first. Grain: one row a finding.
-- Scope: after_row and after_id continue behind a finding; null limits read all.
select
    f.finding_id,
    f.row_no,
    f.place,
    f.record_type,
    f.record_key,
    f.rule_id,
    f.rule_title,
    f.severity,
    f.field,
    f.field_name,
    f.source_column,
    f.column_letter,
    f.value,
    f.expected,
    f.message,
    f.is_open,
    f.opened_at,
    f.resolved_at,
    f.resolved_by_batch_id,
    f.confirmed_reason,
    f.confirmed_by,
    f.confirmed_at
from report.finding as f
where
    f.batch_id = :batch_id
    and (cast(:rule_id as text) is null or f.rule_id = :rule_id)
    and (
        cast(:after_id as bigint) is null
        or (coalesce(f.row_no, 0), f.finding_id) > (cast(:after_row as bigint), cast(:after_id as bigint))
    )
order by coalesce(f.row_no, 0), f.finding_id
limit :row_limit
