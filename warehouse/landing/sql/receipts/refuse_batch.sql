-- End a batch that was just landed and cannot be taken, with no rows, and tell why. Grain: one row.
with refused as (
    update landing.batch
    set
        state = 'rejected',
        received_count = 0,
        accepted_count = 0,
        quarantined_count = 0,
        duplicate_count = 0,
        superseded_count = 0,
        reason_code = :code,
        reason_text = :text,
        loaded_at = received_at
    where batch_id = :batch_id
    returning batch_id, insurer_id, record_type, reason_code, reason_text, loaded_at
)

insert into quality.finding (batch_id, insurer_id, record_type, rule_id, severity, value, message, opened_at)
select
    batch_id,
    insurer_id,
    record_type,
    reason_code,
    'error' as severity,
    :found_in as value,
    reason_text,
    loaded_at
from refused
