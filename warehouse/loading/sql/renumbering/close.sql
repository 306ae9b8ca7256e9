-- Close what leaves its key, what is written again, and what gives way under the new key. slot_core: the table.
update :slot_core as c
set superseded_at = :recorded_at
where c.version_id in (
    select l.version_id from leaving as l
    union all
    select s.version_id from successor as s
    union all
    select l2.target_version_id from leaving as l2
    where l2.target_version_id is not null and l2.newest_no = 1 and not l2.stands
)
