-- Open findings of records that are withdrawn now, received before. Grain: one row a finding.
update quality.finding as f
set resolved_by_batch_id = :batch_id, resolved_at = :recorded_at
from absent as a
where
    f.resolved_at is null
    and f.insurer_id = :insurer_id
    and f.record_type = :record_type
    and f.record_key = a.record_key
    and f.batch_id < :batch_id
