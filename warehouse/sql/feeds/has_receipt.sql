-- The feed's latest batch that holds a file of this name, a duplicate's receipt included, if it holds these bytes: a
-- name whose content went from A to B and back to A is a new delivery.
select latest.batch_id
from (
    select batch.batch_id, part.sha256
    from landing.batch_payload as part
    inner join landing.batch as batch on part.batch_id = batch.batch_id
    where part.name = :name and batch.insurer_id = :insurer_id and batch.record_type = :record_type
    order by batch.batch_id desc
    limit 1
) as latest
where latest.sha256 = :sha256
