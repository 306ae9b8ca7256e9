-- Rows under a number that was given up are taken under today's. Grain: one row a row of the batch.
-- Exclusions: withdrawals; the record under the old number is closed already.
-- slot_number, slot_number_column: the number's column, bare and of ``staged``. The number is the first part of the key.
update staged as s
set :slot_number = r.new_no, record_key = r.new_no || substr(s.record_key, length(r.old_no) + 1)
from renumbered as r
where r.record_type_code = :record_type and :slot_number_column = r.old_no and s.operation_code is distinct from 'D'
returning s.row_no, r.old_no, r.new_no
