-- One batch by its number.
select
    batch_id, insurer_id, record_type, channel, received_at, state, interval_start, interval_end, definition_digest,
    replaces, replaces_from, replaces_to
from landing.batch
where batch_id = :batch_id
