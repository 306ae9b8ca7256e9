-- References to a number that was given up point to today's. Grain: one row a row of the batch.
-- slot_column, slot_number_column: the reference's column, bare and of ``staged``; named_type: the type that it names.
update staged as s
set :slot_column = r.new_no
from renumbered as r
where r.record_type_code = :named_type and :slot_number_column = r.old_no
returning s.row_no, r.old_no, r.new_no
