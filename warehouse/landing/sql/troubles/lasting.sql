-- Batches that wait to be judged again and cannot be, the oldest first. Grain: one row a batch.
select
    t.batch_id,
    b.insurer_id,
    b.record_type,
    t.since,
    t.reason_code,
    t.reason_text
from landing.trouble as t
inner join landing.batch as b on t.batch_id = b.batch_id
order by t.since, t.batch_id
