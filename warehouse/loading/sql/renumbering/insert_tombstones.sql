-- Tombstones under the numbers given up, by the row of the renumbering. Grain: one row a record.
-- slot_core, slot_columns, slot_values: table, contract columns, and what a tombstone has of them.
insert into :slot_core (
    insurer_id, :slot_columns, batch_id, row_no, recorded_at, first_received_at, deadline_on, timeliness,
    is_withdrawn
)
select
    c.insurer_id,
    :slot_values,
    :batch_id,
    l.row_no,
    :recorded_at,
    c.first_received_at,
    case when a.version_id is null then c.deadline_on else a.deadline_on end as deadline_on,
    case when a.version_id is null then c.timeliness else a.timeliness end as timeliness,
    true as is_withdrawn
from leaving as l
inner join :slot_core as c on l.version_id = c.version_id
left join quality.verdict_known(:named_type, 'infinity') as a on c.version_id = a.version_id
inner join touched as t on l.version_id = t.version_id and t.field = :number
order by l.old_key
