-- One receipt.
select
    batch_id, insurer_id, record_type, channel, received_at, state, duplicate_of, received_count, accepted_count,
    quarantined_count, duplicate_count, superseded_count, reason_code, reason_text, loaded_at
from landing.batch
where batch_id = :batch_id
