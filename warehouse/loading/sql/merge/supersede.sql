-- Close the current versions that accepted rows replace. slot_core: the record type's table.
update :slot_core as c
set superseded_at = :recorded_at
from outcome as o
where o.outcome = 'accepted' and c.version_id = o.current_version_id
