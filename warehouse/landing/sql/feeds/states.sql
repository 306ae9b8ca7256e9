-- Where each feed stands. Grain: one row a feed that ever delivered or has a cursor. Null parameters do not restrict.
-- last_received_at: the last delivery, whatever it held. last_fresh_at: the last one that brought news (see landing.told):
-- rows that are known already make no feed fresh, a complete empty answer does.
select
    coalesce(d.insurer_id, c.insurer_id) as insurer_id,
    coalesce(d.record_type, c.record_type) as record_type,
    c.value as collected_until,
    c.moved_at,
    coalesce(d.batch_count, 0) as batch_count,
    d.last_received_at,
    d.last_fresh_at,
    coalesce(d.pending_count, 0) as pending_count
from (
    select
        insurer_id,
        record_type,
        count(*) as batch_count,
        max(received_at) as last_received_at,
        max(received_at) filter (where is_news) as last_fresh_at,
        count(*) filter (where state in ('received', 'stuck', 'awaiting')) as pending_count
    from landing.told
    group by insurer_id, record_type
) as d
full join landing.cursor as c on d.insurer_id = c.insurer_id and d.record_type = c.record_type
where cast(:insurer_id as text) is null or coalesce(d.insurer_id, c.insurer_id) = :insurer_id
order by coalesce(d.insurer_id, c.insurer_id), coalesce(d.record_type, c.record_type)
