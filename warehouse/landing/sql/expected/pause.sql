-- Keep a pause. Grain: one row.
insert into landing.delivery_pause (insurer_id, record_type, paused_until, reason, paused_by, paused_at)
values (:insurer_id, :record_type, :paused_until, :reason, :paused_by, :paused_at)
returning pause_id, insurer_id, record_type, paused_until, reason, paused_by, paused_at, resumed_by, resumed_at
