-- One receipt. Grain: one row. A batch of the same feed and digest makes the new one its duplicate, unless what landed
-- since may have undone it: for changes a replacing delivery, for a replacing delivery (whose digest names what it
-- replaces) anything at all.
-- Limits: callers hold the feed's advisory lock, so that two equal deliveries see each other.
insert into landing.batch (
    insurer_id, record_type, channel, interval_start, interval_end, received_at, digest, state, duplicate_of,
    definition_digest, declared_row_count, declared_amount_field, declared_amount, replaces, replaces_from, replaces_to,
    follows_batch_id
)
select
    :insurer_id, :record_type, :channel, cast(:interval_start as timestamptz) as interval_start,
    cast(:interval_end as timestamptz) as interval_end, :received_at, :digest,
    case when earlier.batch_id is null then 'received' else 'duplicate' end as state,
    earlier.batch_id as duplicate_of,
    :definition_digest, :declared_row_count, :declared_amount_field, :declared_amount, :replaces,
    cast(:replaces_from as date) as replaces_from, cast(:replaces_to as date) as replaces_to,
    last.batch_id as follows_batch_id
from (
    select max(b.batch_id) filter (where cast(:replaces as text) is not null or b.replaces is not null) as batch_id
    from landing.batch as b
    where b.insurer_id = :insurer_id and b.record_type = :record_type and b.state <> 'duplicate'
) as last
left join landing.batch as earlier
    on
        earlier.insurer_id = :insurer_id
        and earlier.record_type = :record_type
        and earlier.digest = :digest
        and earlier.state <> 'duplicate'
        and case
            when cast(:replaces as text) is null then earlier.follows_batch_id is not distinct from last.batch_id
            else last.batch_id = earlier.batch_id
        end
returning batch_id, state, duplicate_of
