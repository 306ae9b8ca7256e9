-- Landed batches that no load has finished, those that could not be judged so far included, in the order received.
select batch_id
from landing.batch
where state in ('received', 'stuck')
order by received_at, batch_id
