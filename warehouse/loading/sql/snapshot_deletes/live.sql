-- How many records stand in what a batch replaces. Grain: one row. Slots as in ``find``.
select count(*) as live_count
from :slot_core as c
where
    c.insurer_id = :insurer_id
    and c.superseded_at is null
    and not c.is_withdrawn
    and (:replaces = 'all' or :slot_event_on between :replaces_from and :replaces_to)
