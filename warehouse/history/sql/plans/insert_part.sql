-- One part of a plan, still to be done. Grain: one row an insurer and window.
insert into landing.plan_part (
    plan_id, part_no, insurer_id, from_date, to_date, day_count, delivered_day_count, batch_count, row_count, batch_ids
)
values (
    :plan_id, :part_no, :insurer_id, :from_date, :to_date, :day_count, :delivered_day_count, :batch_count, :row_count,
    :batch_ids
)
