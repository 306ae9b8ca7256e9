-- Held rows of records that are withdrawn now, received before. Grain: one row a held row.
update quarantine.row as held
set resolved_by_batch_id = :batch_id, resolved_at = :recorded_at
from absent as a
where
    held.resolved_at is null
    and held.insurer_id = :insurer_id
    and held.record_type = :record_type
    and held.record_key = a.record_key
    and held.batch_id < :batch_id
