-- What a renumbering wrote counts as the row that it was taken from: its receipt orders it, its content stands.
-- slot_core: the record type's table.
update known as k
set
    is_duplicate = k.is_duplicate or split_part(c.content_hash, '/', 3) = s.content_hash,
    is_absent = split_part(c.content_hash, '/', 2) = '0',
    is_standing = split_part(c.content_hash, '/', 3) = s.content_hash,
    current_batch_id = cast(split_part(split_part(c.content_hash, ' ', 2), '/', 1) as bigint),
    current_row_no = cast(split_part(c.content_hash, '/', 2) as bigint)
from staged as s, :slot_core as c
where k.row_no = s.row_no and k.current_version_id = c.version_id and starts_with(c.content_hash, 'renumbered ')
