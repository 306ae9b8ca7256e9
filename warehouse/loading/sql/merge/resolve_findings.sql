-- Open findings that this batch resolves. Grain: one row a finding.
-- Either the record has a new current version (they spoke of an older one), or their held row is now resolved.
-- Limits: a finding of a row that is still held stays open.
update quality.finding as f
set resolved_by_batch_id = :batch_id, resolved_at = :recorded_at
from outcome as o
where
    f.resolved_at is null
    and f.insurer_id = :insurer_id
    and f.record_type = :record_type
    and f.record_key = o.record_key
    and f.batch_id <> :batch_id
    and o.outcome in ('accepted', 'superseded')
    and case
        when
            exists (
                select 1 from quarantine.row as q
                where q.batch_id = f.batch_id and q.row_no = f.row_no
            )
            then exists (
                select 1 from quarantine.row as q
                where q.batch_id = f.batch_id and q.row_no = f.row_no and q.resolved_at is not null
            )
        else o.outcome = 'accepted'
    end
