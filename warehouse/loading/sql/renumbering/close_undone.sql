-- Close what was undone.
update core.renumbering as c
set superseded_at = :recorded_at
from undone as u
where c.version_id = u.version_id
