-- Batches that await a decision, the oldest first. Grain: one row a batch.
select
    batch_id,
    insurer_id,
    record_type,
    received_at,
    live_count,
    missing_count,
    reason_text
from landing.batch
where state = 'awaiting'
order by batch_id
