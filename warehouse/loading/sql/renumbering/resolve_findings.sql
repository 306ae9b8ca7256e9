-- Open findings under a former number that this batch resolves. Grain: one row a finding.
-- Limits: a finding of a row that is still held stays open.
update quality.finding as q
set resolved_by_batch_id = :batch_id, resolved_at = :recorded_at
from outcome as o
inner join former as f on o.row_no = f.row_no
where
    q.resolved_at is null
    and q.insurer_id = :insurer_id
    and q.record_type = :record_type
    and q.record_key = f.record_key
    and q.batch_id <> :batch_id
    and o.outcome = 'accepted'
    and not exists (
        select 1 from quarantine.row as held
        where held.batch_id = q.batch_id and held.row_no = q.row_no and held.resolved_at is null
    )
