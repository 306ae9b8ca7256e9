-- Receipts, newest first. Grain: one row a batch. Null parameters do not restrict.
select
    batch_id, insurer_id, record_type, channel, received_at, state, duplicate_of, received_count, accepted_count,
    quarantined_count, duplicate_count, superseded_count, reason_code, reason_text, loaded_at
from landing.batch
where
    (cast(:insurer_id as text) is null or insurer_id = :insurer_id)
    and (cast(:record_type as text) is null or record_type = :record_type)
    and (cast(:state as text) is null or state = :state)
order by batch_id desc
limit :row_limit
