-- Renumberings whose two numbers both have a live record. Grain: one row a row of the batch. Slots as in ``unknown``.
select
    s.row_no,
    s.old_no,
    s.new_no
from staged as s
where
    s.record_type_code = :named_type
    and s.operation_code <> 'D'
    and s.old_no <> s.new_no
    and exists (
        select 1 from :slot_core as c
        where c.insurer_id = :insurer_id and c.superseded_at is null and not c.is_withdrawn and :slot_number_column = s.old_no
    )
    and exists (
        select 1 from :slot_core as c
        where c.insurer_id = :insurer_id and c.superseded_at is null and not c.is_withdrawn and :slot_number_column = s.new_no
    )
order by s.row_no
