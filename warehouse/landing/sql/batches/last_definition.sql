-- The definition that a batch was read by last. Grain: at most one row.
select l.definition_digest
from landing.load as l
where l.batch_id = :batch_id
order by l.load_no desc
limit 1
