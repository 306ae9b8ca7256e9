-- The profile of a batch beside what its sender declared. Grain: at most one row.
select
    p.batch_id,
    p.insurer_id,
    p.record_type,
    p.channel,
    b.received_at,
    b.state,
    p.row_count,
    p.content_count,
    p.loaded_count,
    p.held_count,
    b.declared_row_count,
    p.amount_field,
    b.declared_amount,
    p.landed_amount,
    p.loaded_amount
from quality.delivery_profile as p
inner join landing.batch as b on p.batch_id = b.batch_id
where p.batch_id = :batch_id
