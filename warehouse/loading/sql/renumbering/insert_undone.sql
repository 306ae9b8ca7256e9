-- Tombstones of what was undone, by the row of the opposite renumbering. Grain: one row a renumbering.
-- slot_columns, slot_values: the contract's columns, and what a tombstone has of them.
insert into core.renumbering (
    insurer_id, :slot_columns, batch_id, row_no, recorded_at, first_received_at, is_withdrawn
)
select
    c.insurer_id,
    :slot_values,
    :batch_id,
    u.row_no,
    :recorded_at,
    c.first_received_at,
    true as is_withdrawn
from core.renumbering as c
inner join undone as u on c.version_id = u.version_id
order by c.version_id
