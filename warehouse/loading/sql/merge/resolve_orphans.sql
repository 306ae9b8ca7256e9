-- Orphan findings whose parent this batch brought. A register's record is the parent of any insurer's.
update quality.finding as f
set resolved_by_batch_id = :batch_id, resolved_at = :recorded_at
from outcome as o
inner join staged as s on o.row_no = s.row_no
where
    f.resolved_at is null
    and f.parent_key = o.record_key
    and f.parent_record_type = :record_type
    and (f.insurer_id = :insurer_id or :is_register)
    and o.outcome = 'accepted'
    and s.operation_code <> 'D'
