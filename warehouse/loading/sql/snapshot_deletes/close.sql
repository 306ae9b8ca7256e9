-- Close the versions of absent records. slot_core: the record type's table.
update :slot_core as c
set superseded_at = :recorded_at
from absent as a
where c.version_id = a.version_id
