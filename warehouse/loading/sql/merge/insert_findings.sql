-- Findings of the batch. Grain: one row a finding. Exclusions: rows that are exact duplicates, judged before; of a
-- replay, what the batch said already, and nobody but a later delivery has resolved since.
insert into quality.finding (
    batch_id, row_no, place, insurer_id, record_type, record_key, rule_id, severity, field, value, expected, message,
    parent_record_type, parent_key, opened_at, source_column, column_letter
)
select
    :batch_id,
    f.row_no,
    s.place,
    :insurer_id,
    :record_type,
    s.record_key,
    f.rule_id,
    f.severity,
    f.field,
    f.value,
    f.expected,
    f.message,
    f.parent_record_type,
    f.parent_key,
    :recorded_at,
    c.source_column,
    c.column_letter
from staged_finding as f
left join staged as s on f.row_no = s.row_no
left join outcome as o on f.row_no = o.row_no
left join staged_column as c on f.field = c.field
where
    (f.row_no is null or o.outcome <> 'duplicate' or o.is_told)
    and not (
        :is_replay
        and exists (
            select 1
            from quality.finding as told
            where
                told.batch_id = :batch_id
                and told.rule_id = f.rule_id
                and coalesce(told.row_no, 0) = coalesce(f.row_no, 0)
                and (told.severity, told.field, told.value, told.expected, told.parent_key, told.record_key)
                is not distinct from (f.severity, f.field, f.value, f.expected, f.parent_key, s.record_key)
                and (
                    told.resolved_at is null
                    or (told.resolved_by_batch_id <> :batch_id and o.outcome is distinct from 'accepted')
                )
        )
    )
order by f.row_no nulls first, f.finding_no
