-- Stop a batch until a person decides; nothing else is written. Grain: one row.
update landing.batch
set
    state = 'awaiting',
    reason_code = :reason_code,
    reason_text = :reason_text,
    live_count = :live_count,
    missing_count = :missing_count
where batch_id = :batch_id
