-- Parts of a batch in order. Grain: one row a part.
select
    part.name,
    part.sha256,
    payload.size_bytes,
    part.version_id
from landing.batch_payload as part
inner join landing.payload as payload on part.sha256 = payload.sha256
where part.batch_id = :batch_id
order by part.position
