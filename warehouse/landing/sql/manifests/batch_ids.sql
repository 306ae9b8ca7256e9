-- Numbers of all receipts. Grain: one row a batch.
select batch_id
from landing.batch
