-- A batch of which a person may decide, locked until commit. Grain: one row.
select
    b.batch_id,
    b.state,
    b.live_count,
    b.missing_count,
    b.state = 'rejected' and coalesce(b.received_count, 0) = 0 as is_refused,
    exists(
        select 1 from landing.discard as d
        where d.batch_id = b.batch_id
    ) as is_discarded
from landing.batch as b
where b.batch_id = :batch_id
for update of b
