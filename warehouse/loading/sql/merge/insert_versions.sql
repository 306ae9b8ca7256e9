-- The new versions. Grain: one row an accepted or superseded row of the batch.
-- The verdict is that of the main milestone; a version that was never current has none.
-- slot_core, slot_columns, slot_values: table, contract columns, and the same columns of ``staged``.
insert into :slot_core (
    insurer_id, :slot_columns, batch_id, row_no, content_hash, recorded_at, superseded_at, first_received_at,
    deadline_on, timeliness, is_withdrawn
)
select
    s.insurer_id,
    :slot_values,
    :batch_id,
    s.row_no,
    s.content_hash,
    :recorded_at,
    case when o.outcome = 'superseded' then cast(:recorded_at as timestamptz) end as superseded_at,
    o.first_received_at,
    v.deadline_on,
    v.timeliness,
    s.operation_code = 'D' as is_withdrawn
from staged as s
inner join outcome as o on s.row_no = o.row_no
left join verdict as v on s.row_no = v.row_no and v.milestone = :main_milestone
where o.outcome in ('accepted', 'superseded')
