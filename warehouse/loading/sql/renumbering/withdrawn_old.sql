-- Withdrawals under a number that was given up. Grain: one row a row of the batch. slot_held: the number's column.
select
    s.row_no,
    r.old_no,
    r.new_no
from staged as s
inner join renumbered as r on r.record_type_code = :record_type and :slot_held = r.old_no
where s.operation_code = 'D'
order by s.row_no
