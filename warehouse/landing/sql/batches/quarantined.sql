-- Rows of a batch that were held, in order. Grain: one row a row of the batch.
-- Limits: raw may hold personal values; it is for the sender and the engineer.
select
    row_no,
    place,
    record_type,
    record_key,
    raw,
    reasons,
    quarantined_at,
    resolved_at,
    resolved_by_batch_id
from quarantine.row
where batch_id = :batch_id
order by row_no
limit :row_limit
