-- What core already knows of a small batch's keys. Grain: one row a row of the batch whose key is known.
-- As ``known``, but each key is looked up by index: ``offset 0`` keeps the lookups apart.
-- slot_core: the record type's table; slot_key_match: equality of its key columns.
create temporary table known on commit drop as
select
    s.row_no,
    bool_or(version.is_same) as is_duplicate,
    bool_or(version.is_same) filter (where version.is_current) as is_standing,
    bool_or(version.row_no = 0 and version.is_current) as is_absent,
    max(version.version_id) filter (where version.is_current) as current_version_id,
    max(version.source_updated_at) filter (where version.is_current) as current_updated_at,
    max(version.batch_id) filter (where version.is_current) as current_batch_id,
    max(version.row_no) filter (where version.is_current) as current_row_no,
    min(version.first_received_at) as first_received_at
from staged as s
cross join
    lateral (
        select
            either.version_id,
            either.batch_id,
            either.row_no,
            either.source_updated_at,
            either.first_received_at,
            either.is_current,
            either.is_same
        from (
            select
                c.version_id,
                c.batch_id,
                c.row_no,
                c.source_updated_at,
                c.first_received_at,
                true as is_current,
                c.origin_batch_id is null and coalesce(c.content_hash = s.content_hash, false) as is_same
            from :slot_core as c
            where c.insurer_id = :insurer_id and c.superseded_at is null and :slot_key_match
            union all
            select
                c.version_id,
                c.batch_id,
                c.row_no,
                c.source_updated_at,
                c.first_received_at,
                false as is_current,
                c.origin_batch_id is null and coalesce(c.content_hash = s.content_hash, false) as is_same
            from :slot_core as c
            where c.insurer_id = :insurer_id and c.superseded_at is not null and :slot_key_match
        ) as either
        offset 0  -- noqa: AM09
    ) as version
group by s.row_no
