-- Every byte string that was ever acknowledged, with the batches that hold it. Grain: one row a digest and object version.
-- Exclusions: what only batches hold that a person has discarded.
select
    payload.sha256,
    payload.size_bytes,
    part.version_id,
    array_agg(distinct batch.batch_id || ' ' || batch.insurer_id || '/' || batch.record_type) as batches
from landing.payload as payload
inner join landing.batch_payload as part on payload.sha256 = part.sha256
inner join landing.batch as batch on part.batch_id = batch.batch_id
left join landing.discard as discard on batch.batch_id = discard.batch_id
where discard.batch_id is null
group by payload.sha256, payload.size_bytes, part.version_id
order by min(batch.batch_id), payload.sha256
