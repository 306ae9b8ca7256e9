-- A batch about which a person may be asked, locked until commit. Grain: one row.
select batch_id, state, live_count, missing_count
from landing.batch
where batch_id = :batch_id
for update
