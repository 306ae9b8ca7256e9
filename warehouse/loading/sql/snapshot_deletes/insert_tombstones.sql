-- Tombstones of absent records. Grain: one row a record.
-- Row 0: no row of the batch says so. There is no content and no hash, so that the record may come back as it was.
-- slot_core, slot_columns, slot_values: table, contract columns, and what a tombstone has of them.
insert into :slot_core (
    insurer_id, :slot_columns, batch_id, row_no, recorded_at, first_received_at, is_withdrawn
)
select
    c.insurer_id,
    :slot_values,
    :batch_id,
    0 as row_no,
    :recorded_at,
    c.first_received_at,
    true as is_withdrawn
from :slot_core as c
inner join absent as a on c.version_id = a.version_id
order by c.version_id
