-- One receipt. Grain: one row. A batch of the same feed and digest makes the new one its duplicate.
-- Limits: callers hold the feed's advisory lock, so that two equal deliveries see each other.
insert into landing.batch (
    insurer_id, record_type, channel, interval_start, interval_end, received_at, digest, state, duplicate_of,
    definition_digest, declared_row_count, declared_amount_field, declared_amount, replaces, replaces_from, replaces_to
)
select
    :insurer_id, :record_type, :channel, cast(:interval_start as timestamptz) as interval_start,
    cast(:interval_end as timestamptz) as interval_end, :received_at, :digest,
    case when earlier.batch_id is null then 'received' else 'duplicate' end as state, earlier.batch_id,
    :definition_digest, :declared_row_count, :declared_amount_field, :declared_amount, :replaces,
    cast(:replaces_from as date) as replaces_from, cast(:replaces_to as date) as replaces_to
from (select 1 as one) as always
left join landing.batch as earlier
    on
        earlier.insurer_id = :insurer_id
        and earlier.record_type = :record_type
        and earlier.digest = :digest
        and earlier.state <> 'duplicate'
returning batch_id, state, duplicate_of
