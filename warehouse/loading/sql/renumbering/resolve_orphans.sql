-- Orphan findings that ask for a record by a former number, which this batch brought under today's.
update quality.finding as q
set resolved_by_batch_id = :batch_id, resolved_at = :recorded_at
from outcome as o
inner join staged as s on o.row_no = s.row_no
inner join former as f on o.row_no = f.row_no
where
    q.resolved_at is null
    and q.parent_key in (f.record_key, f.old_no)
    and q.parent_record_type = :record_type
    and q.insurer_id = :insurer_id
    and o.outcome = 'accepted'
    and s.operation_code <> 'D'
