-- Landed batches of some feeds of an insurer that no load has begun to judge, in the order received.
select batch_id
from landing.batch
where state = 'received' and insurer_id = :insurer_id and record_type = any(:record_types)
order by received_at, batch_id
