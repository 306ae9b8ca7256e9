-- Troubles that are over. Grain: one row a batch.
delete from landing.trouble
where batch_id <> all(cast(:batch_ids as bigint[]))
