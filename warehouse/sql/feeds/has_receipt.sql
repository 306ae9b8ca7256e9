-- A batch of a feed that holds a file of this name and these bytes, a duplicate's receipt included.
select batch.batch_id
from landing.batch_payload as part
inner join landing.batch as batch on part.batch_id = batch.batch_id
where
    part.sha256 = :sha256
    and part.name = :name
    and batch.insurer_id = :insurer_id
    and batch.record_type = :record_type
order by batch.batch_id
limit 1
