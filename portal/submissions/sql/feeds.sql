-- What an insurer has delivered of each record type so far. Grain: one row a record type that ever came.
select
    b.record_type,
    max(b.received_at) as last_received_at,
    max(b.received_at) filter (where b.state in ('loaded', 'partly_loaded')) as last_loaded_at,
    (array_agg(b.batch_id order by b.batch_id desc))[1] as last_batch_id,
    (array_agg(b.state order by b.batch_id desc))[1] as last_state
from report.batch as b
where b.insurer_id = :insurer_id
group by b.record_type
