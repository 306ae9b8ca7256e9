-- Mark the first start of a plan, which is kept. Grain: one row.
update landing.plan
set started_at = :started_at
where plan_id = :plan_id and started_at is null
