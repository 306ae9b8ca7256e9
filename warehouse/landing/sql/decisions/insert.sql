-- What a person decided of a batch, with the numbers that were asked about. Grain: one row.
insert into landing.decision (batch_id, decision, decided_by, decided_at, reason, live_count, missing_count)
values (:batch_id, :decision, :decided_by, :decided_at, :reason, :live_count, :missing_count)
