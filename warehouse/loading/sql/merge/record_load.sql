-- One line of the log of loads. Grain: one row.
insert into landing.load (
    load_no, batch_id, kind, recorded_at, contract_version, ruleset_version, calendar_version, definition_digest, state,
    received_count, accepted_count, quarantined_count, duplicate_count, superseded_count, withdrawn_count, reason_code,
    reason_text, release
)
values (
    currval('landing.load_no'), :batch_id, :kind, :recorded_at, :contract_version, :ruleset_version, :calendar_version,
    :definition_digest, :state, :received_count, :accepted_count, :quarantined_count, :duplicate_count,
    :superseded_count, :withdrawn_count, :reason_code, :reason_text,
    :release
)
