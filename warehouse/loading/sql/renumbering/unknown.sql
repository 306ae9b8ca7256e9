-- Renumberings of a record that is known under neither number. Grain: one row a row of the batch.
-- slot_core, slot_number_column: the renumbered type's table and its number; named_type: that type.
select
    s.row_no,
    s.old_no
from staged as s
where
    s.record_type_code = :named_type
    and s.operation_code <> 'D'
    and s.old_no <> s.new_no
    and not exists (
        select 1 from :slot_core as c
        where c.insurer_id = :insurer_id and :slot_number_column in (s.old_no, s.new_no)
    )
order by s.row_no
