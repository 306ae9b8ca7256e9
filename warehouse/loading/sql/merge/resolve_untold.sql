-- A replay's own open findings that no longer arise. Grain: one row a finding.
-- Exclusions: what the guard of replacing deliveries and the comparison with earlier ones said (standing_rules): it
-- spoke of the day of the first load;
-- findings of a withdrawal that stands.
update quality.finding as f
set resolved_by_batch_id = :batch_id, resolved_at = :recorded_at
where
    f.batch_id = :batch_id
    and f.resolved_at is null
    and f.rule_id <> all(cast(:standing_rules as text[]))
    and not exists (
        select 1
        from staged_finding as told
        left join staged as s on told.row_no = s.row_no
        where
            told.rule_id = f.rule_id
            and coalesce(told.row_no, 0) = coalesce(f.row_no, 0)
            and (told.severity, told.field, told.value, told.expected, told.parent_key, s.record_key)
            is not distinct from (f.severity, f.field, f.value, f.expected, f.parent_key, f.record_key)
    )
    and not exists (
        select 1
        from outcome as o
        inner join staged as s on o.row_no = s.row_no
        where o.row_no = f.row_no and o.outcome = 'duplicate' and s.operation_code = 'D'
    )
