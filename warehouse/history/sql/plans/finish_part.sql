-- Mark a part as done, once. Grain: one row.
update landing.plan_part
set done_at = :done_at, done_batch_ids = :done_batch_ids
where plan_id = :plan_id and part_no = :part_no and done_at is null
