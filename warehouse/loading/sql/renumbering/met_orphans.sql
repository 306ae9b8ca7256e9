-- Orphan findings that ask for a record by a number given up, which stands under today's. Grain: one row a finding.
-- slot_core, slot_number_column: the renumbered type's table and its number; named_type: that type.
update quality.finding as q
set resolved_by_batch_id = :batch_id, resolved_at = :recorded_at
from moved as m
where
    q.resolved_at is null
    and q.insurer_id = :insurer_id
    and q.parent_record_type = :named_type
    and m.record_type_code = :named_type
    and (q.parent_key = m.old_no or starts_with(q.parent_key, m.old_no || '|'))
    and m.new_no in (
        select :slot_number_column from :slot_core as c
        where c.insurer_id = :insurer_id and c.superseded_at is null and not c.is_withdrawn
    )
