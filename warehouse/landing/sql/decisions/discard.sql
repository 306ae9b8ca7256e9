-- Who discarded a batch, when and why. Grain: one row.
insert into landing.discard (batch_id, discarded_by, discarded_at, reason)
values (:batch_id, :by, :at, :reason)
