-- Plans, newest first; of one number when :plan_id is given. Grain: one row a plan.
select
    plan_id,
    mode,
    insurer_ids,
    record_types,
    from_date,
    to_date,
    window_days,
    fingerprint,
    effects,
    created_at,
    created_by,
    reason,
    started_at
from landing.plan
where plan_id = coalesce(cast(:plan_id as bigint), plan_id)
order by plan_id desc
limit :max_count
