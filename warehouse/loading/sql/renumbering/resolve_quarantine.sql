-- Held rows under a former number whose record has now been accepted in a version that is not older.
update quarantine.row as held
set resolved_by_batch_id = :batch_id, resolved_at = :recorded_at
from outcome as o
inner join staged as s on o.row_no = s.row_no
inner join former as f on o.row_no = f.row_no
where
    held.resolved_at is null
    and held.insurer_id = :insurer_id
    and held.record_type = :record_type
    and held.record_key = f.record_key
    and held.batch_id <> :batch_id
    and o.outcome in ('accepted', 'superseded')
    and (held.source_updated_at is null or held.source_updated_at <= s.source_updated_at)
