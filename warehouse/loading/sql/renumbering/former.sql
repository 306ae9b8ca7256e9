-- Former keys of the batch's records. Grain: one row a row of the batch and number that its record had before.
-- slot_number_column: the number's column, the first part of the key.
create temporary table former on commit drop as
select
    s.row_no,
    r.old_no,
    r.old_no || substr(s.record_key, length(r.new_no) + 1) as record_key
from staged as s
inner join renumbered as r on r.record_type_code = :record_type and :slot_number_column = r.new_no
where s.record_key is not null
