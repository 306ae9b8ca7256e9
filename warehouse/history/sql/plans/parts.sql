-- Parts of some plans in their order. Grain: one row a part.
select
    plan_id,
    part_no,
    insurer_id,
    from_date,
    to_date,
    day_count,
    delivered_day_count,
    batch_count,
    row_count,
    batch_ids,
    done_batch_ids,
    done_at
from landing.plan_part
where plan_id = any(:plan_ids)
order by plan_id, part_no
