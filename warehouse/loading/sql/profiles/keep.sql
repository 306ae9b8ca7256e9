-- The batch's profile. Grain: one row. Scope: all staged rows; loaded are all that are not held.
-- slot_amount: the column that the sender declared a sum of, or null.
insert into quality.delivery_profile (
    batch_id, insurer_id, record_type, channel, replaces, span_seconds, row_count, content_count, loaded_count,
    held_count, amount_field, landed_amount, loaded_amount, profiled_at
)
select
    b.batch_id,
    b.insurer_id,
    b.record_type,
    b.channel,
    b.replaces,
    extract(epoch from b.interval_end - b.interval_start) as span_seconds,
    rows_of_batch.row_count,
    :content_count as content_count,
    rows_of_batch.row_count - rows_of_batch.held_count as loaded_count,
    rows_of_batch.held_count,
    b.declared_amount_field as amount_field,
    rows_of_batch.landed_amount,
    rows_of_batch.loaded_amount,
    :recorded_at as profiled_at
from landing.batch as b
cross join (
    select
        count(*) as row_count,
        count(*) filter (where o.outcome = 'quarantined') as held_count,
        sum(:slot_amount) as landed_amount,
        sum(:slot_amount) filter (where o.outcome <> 'quarantined') as loaded_amount
    from staged as s
    inner join outcome as o on s.row_no = o.row_no
) as rows_of_batch
where b.batch_id = :batch_id
