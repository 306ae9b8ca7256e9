-- The batch's final state and books.
update landing.batch
set
    state = :state,
    contract_version = :contract_version,
    ruleset_version = :ruleset_version,
    calendar_version = :calendar_version,
    received_count = :received_count,
    accepted_count = :accepted_count,
    quarantined_count = :quarantined_count,
    duplicate_count = :duplicate_count,
    superseded_count = :superseded_count,
    reason_code = :reason_code,
    reason_text = :reason_text,
    loaded_at = :recorded_at
where batch_id = :batch_id
