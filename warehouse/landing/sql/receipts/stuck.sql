-- Batches that could not be judged so far, and why. Grain: one row a batch.
select
    batch_id,
    insurer_id,
    record_type,
    reason_code,
    reason_text
from landing.batch
where state = 'stuck'
order by batch_id
