-- Records of one table as of a day, as known at a moment, with the batch, row and files that each came from.
-- Grain: one row a record, with the number of all that match in total_count.
-- Scope: one table's function; null parameters take every insurer and key.
-- Exclusions: columns that may hold personal or sensitive values. Limits: at most :row_limit rows.
-- slot_source: the call of the function; slot_key: the key as one text; slot_columns: the columns shown.
select
    count(*) over () as total_count,
    v.insurer_id,
    :slot_key as record_key,
    v.version_id,
    c.batch_id,
    c.row_no,
    array(
        select p.name from landing.batch_payload as p
        where p.batch_id = c.batch_id
        order by p.position
    ) as files,
    c.recorded_at,
    :slot_columns
from :slot_source as v
inner join core.:slot_table as c on v.version_id = c.version_id
where
    coalesce(cast(:insurer_id as text), v.insurer_id) = v.insurer_id
    and (cast(:key as text) is null or :slot_key = :key)
order by v.insurer_id, record_key
limit :row_limit
