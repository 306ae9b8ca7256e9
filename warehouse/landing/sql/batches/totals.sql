-- The books of some batches, added up. Grain: one row.
select
    count(*) as batch_count,
    coalesce(sum(b.received_count), 0) as row_count,
    coalesce(sum(b.accepted_count), 0) as accepted_count,
    coalesce(sum(b.quarantined_count), 0) as held_count,
    (
        select count(*) from quality.finding as f
        where f.batch_id = any(cast(:batch_ids as bigint[]))
    ) as finding_count
from landing.batch as b
where b.batch_id = any(cast(:batch_ids as bigint[]))
