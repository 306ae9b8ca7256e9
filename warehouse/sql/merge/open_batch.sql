-- The batch to load, locked until commit, with the last moment that its feed or a publication knew. Grain: one row.
select
    b.batch_id, b.insurer_id, b.record_type, b.channel, b.received_at, b.state, b.declared_row_count,
    b.declared_amount_field, b.declared_amount, b.replaces, b.replaces_from, b.replaces_to,
    greatest(
        (
            select max(earlier.loaded_at)
            from landing.batch as earlier
            where earlier.insurer_id = b.insurer_id and earlier.record_type = b.record_type
        ),
        (select max(p.known_at) from mart.publication as p)
    ) as last_known_at
from landing.batch as b
where b.batch_id = :batch_id
for update of b
