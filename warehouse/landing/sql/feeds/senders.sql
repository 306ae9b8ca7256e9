-- Where each sender stands. Grain: one row a sender of the expected feeds, or one that ever delivered.
-- Parameters: expected feeds as two arrays; since = from when on a receipt counts as in time.
-- oldest_fresh_at: among its feeds that ever brought news (see landing.told), the one whose last news is oldest.
-- refused_batch_id: the newest delivery of a feed, when it was rejected; a later good one of that feed clears it, and so
--   does a person who discards it.
-- stuck: batches that cannot be judged as things are, and the first of them.
with feed as (
    select
        insurer_id,
        record_type,
        max(received_at) as last_received_at,
        max(received_at) filter (where is_news) as last_fresh_at,
        count(*) filter (where state = 'received') as waiting_count,
        min(received_at) filter (where state = 'received') as oldest_waiting_at,
        count(*) filter (where state = 'stuck') as stuck_count,
        min(batch_id) filter (where state = 'stuck') as stuck_batch_id,
        count(*) filter (where state = 'awaiting') as awaiting_count
    from landing.told
    group by insurer_id, record_type
),

expected as (
    select
        e.insurer_id,
        e.record_type
    from unnest(cast(:insurer_ids as text[]), cast(:record_types as text[])) as e (insurer_id, record_type)
),

newest as (
    select distinct on (insurer_id, record_type)
        insurer_id,
        record_type,
        batch_id,
        state
    from landing.batch
    where state <> 'duplicate'
    order by insurer_id asc, record_type asc, received_at desc, batch_id desc
),

refused as (
    select
        n.insurer_id,
        max(n.batch_id) as refused_batch_id
    from newest as n
    left join landing.discard as d on n.batch_id = d.batch_id
    where n.state = 'rejected' and d.batch_id is null
    group by n.insurer_id
),

held as (
    select
        insurer_id,
        count(*) as held_count
    from quarantine.row
    where resolved_at is null
    group by insurer_id
)

select
    coalesce(e.insurer_id, f.insurer_id) as insurer_id,
    count(e.record_type) as feed_count,
    count(*) filter (where e.record_type is not null and f.last_received_at >= :since) as in_time_count,
    max(f.last_received_at) as last_received_at,
    min(f.last_fresh_at) as oldest_fresh_at,
    cast(coalesce(sum(f.waiting_count), 0) as bigint) as waiting_count,
    min(f.oldest_waiting_at) as oldest_waiting_at,
    cast(coalesce(sum(f.stuck_count), 0) as bigint) as stuck_count,
    min(f.stuck_batch_id) as stuck_batch_id,
    cast(coalesce(sum(f.awaiting_count), 0) as bigint) as awaiting_count,
    coalesce(max(h.held_count), 0) as held_count,
    max(r.refused_batch_id) as refused_batch_id
from expected as e
full join feed as f on e.insurer_id = f.insurer_id and e.record_type = f.record_type
left join held as h on coalesce(e.insurer_id, f.insurer_id) = h.insurer_id
left join refused as r on coalesce(e.insurer_id, f.insurer_id) = r.insurer_id
group by coalesce(e.insurer_id, f.insurer_id)
order by coalesce(e.insurer_id, f.insurer_id)
