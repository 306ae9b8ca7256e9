-- What each feed delivered up to a moment. Grain: one row an insurer and record type that ever delivered.
-- last_fresh_at: the last delivery that brought at least one good row, repeated or not; an empty, duplicate or wholly
-- held delivery does not make a feed fresh.
select
    insurer_id,
    record_type,
    count(*) as batch_count,
    max(received_at) as last_received_at,
    max(received_at) filter (where accepted_count + duplicate_count + superseded_count > 0) as last_fresh_at,
    count(*) filter (where state = 'received') as pending_count
from landing.batch
where received_at <= :known_at
group by insurer_id, record_type
order by insurer_id, record_type
