-- The number that was drawn last. Grain: one row.
select landing.last_batch_no() as batch_id
