-- Withdrawals under a number that was given up. Grain: one row a row of the batch. slot_number_column: the number's column.
select
    s.row_no,
    r.old_no,
    r.new_no
from staged as s
inner join renumbered as r on r.record_type_code = :record_type and :slot_number_column = r.old_no
where s.operation_code = 'D'
order by s.row_no
