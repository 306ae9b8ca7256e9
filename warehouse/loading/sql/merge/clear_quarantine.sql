-- A replay's own held rows that pass now, or are no rows any more. Grain: one row a held row.
-- Those that are still held stay exactly as they were.
update quarantine.row as held
set resolved_by_batch_id = :batch_id, resolved_at = :recorded_at
where
    held.batch_id = :batch_id
    and held.resolved_at is null
    and not exists (
        select 1 from outcome as o
        where o.row_no = held.row_no and o.outcome = 'quarantined'
    )
