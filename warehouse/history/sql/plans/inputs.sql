-- How far the inputs of some senders have come. Grain: one row.
-- Scope: all record types of the senders, since a child's judgement hangs on its parents.
select
    coalesce(max(b.batch_id), 0) as last_batch_id,
    (
        select coalesce(max(l.load_no), 0)
        from landing.load as l
        inner join landing.batch as f on l.batch_id = f.batch_id
        where f.insurer_id = any(:insurer_ids)
    ) as last_load_no
from landing.batch as b
where b.insurer_id = any(:insurer_ids)
