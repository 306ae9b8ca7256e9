-- Landed batches that no load has finished, in the order received.
select batch_id
from landing.batch
where state = 'received'
order by received_at, batch_id
