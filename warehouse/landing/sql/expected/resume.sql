-- End the pauses of a feed that hold still. Grain: one row a pause.
update landing.delivery_pause as p
set resumed_at = :resumed_at, resumed_by = :resumed_by
where
    p.insurer_id = :insurer_id
    and p.record_type = :record_type
    and p.resumed_at is null
    and p.paused_until >= :today
returning
    p.pause_id, p.insurer_id, p.record_type, p.paused_until, p.reason, p.paused_by, p.paused_at, p.resumed_by,
    p.resumed_at
