-- Receipts, newest first. Grain: one row a batch. Null parameters do not restrict.
select
    b.batch_id, b.insurer_id, b.record_type, b.channel, b.received_at, b.state, b.duplicate_of, b.received_count,
    b.accepted_count, b.quarantined_count, b.duplicate_count, b.superseded_count, b.reason_code, b.reason_text,
    b.loaded_at, b.replaces, b.replaces_from, b.replaces_to, b.live_count, b.missing_count, l.withdrawn_count,
    b.declared_row_count, b.declared_amount_field, b.declared_amount
from landing.batch as b
left join landing.load as l on b.batch_id = l.batch_id and l.kind = 'first'
where
    (cast(:insurer_id as text) is null or b.insurer_id = :insurer_id)
    and (cast(:record_type as text) is null or b.record_type = :record_type)
    and (cast(:state as text) is null or b.state = :state)
order by b.batch_id desc
limit :row_limit
