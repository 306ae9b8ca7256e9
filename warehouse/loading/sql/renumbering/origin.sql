-- What a renumbering wrote counts as the row that it was taken from: its receipt orders it, its content stands.
-- slot_core: the record type's table.
update known as k
set
    is_duplicate = k.is_duplicate or coalesce(c.content_hash = s.content_hash, false),
    is_absent = c.origin_row_no = 0,
    is_standing = coalesce(c.content_hash = s.content_hash, false),
    current_batch_id = c.origin_batch_id,
    current_row_no = c.origin_row_no
from staged as s, :slot_core as c
where k.row_no = s.row_no and k.current_version_id = c.version_id and c.origin_batch_id is not null
