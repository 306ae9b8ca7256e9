-- Pauses, the newest first. Grain: one row a pause.
select
    p.pause_id,
    p.insurer_id,
    p.record_type,
    p.paused_until,
    p.reason,
    p.paused_by,
    p.paused_at,
    p.resumed_by,
    p.resumed_at
from landing.delivery_pause as p
where p.insurer_id = coalesce(:insurer_id, p.insurer_id)
order by p.pause_id desc
