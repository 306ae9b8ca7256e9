-- Why batches may not be replayed. Grain: one row a batch of those asked about.
select
    b.batch_id,
    b.insurer_id,
    b.state,
    b.duplicate_of,
    b.reason_code,
    l.batch_id is not null as is_loaded
from landing.batch as b
left join landing.load as l on b.batch_id = l.batch_id and l.kind = 'first'
where b.batch_id = any(cast(:batch_ids as bigint[]))
