-- The batch to load, locked until commit, with the last moment that its feed or a publication knew, and what a person
-- decided of it. Grain: one row.
select
    b.batch_id,
    b.insurer_id,
    b.record_type,
    b.channel,
    b.received_at,
    b.state,
    b.declared_row_count,
    b.declared_amount_field,
    b.declared_amount,
    b.replaces,
    b.replaces_from,
    b.replaces_to,
    d.decision,
    d.decided_by,
    d.reason as decision_reason,
    d.missing_count as decided_missing_count,
    greatest(
        (
            select max(earlier.loaded_at)
            from landing.batch as earlier
            where earlier.insurer_id = b.insurer_id and earlier.record_type = b.record_type
        ),
        (
            select max(again.recorded_at)
            from landing.batch as earlier
            inner join landing.load as again on earlier.batch_id = again.batch_id
            where earlier.insurer_id = b.insurer_id and earlier.record_type = b.record_type
        ),
        (select max(p.known_at) from mart.publication as p)
    ) as last_known_at
from landing.batch as b
left join landing.decision as d on b.batch_id = d.batch_id
where b.batch_id = :batch_id
for update of b
