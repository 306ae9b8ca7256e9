-- One batch by its number.
select
    batch_id,
    insurer_id,
    record_type,
    channel,
    received_at,
    state
from landing.batch
where batch_id = :batch_id
