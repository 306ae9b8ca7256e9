-- What core already knows of a large batch's keys (see known_few). Grain: one row a row of the batch whose key is known.
-- slot_core: the record type's table; slot_key_match: equality of its key columns.
create temporary table known on commit drop as
select
    version.row_no,
    bool_or(version.is_same) as is_duplicate,
    bool_or(version.is_same) filter (where version.is_current) as is_standing,
    bool_or(version.is_absence and version.is_current) as is_absent,
    max(version.version_id) filter (where version.is_current) as current_version_id,
    max(version.source_updated_at) filter (where version.is_current) as current_updated_at,
    max(version.batch_id) filter (where version.is_current) as current_batch_id,
    max(version.version_row_no) filter (where version.is_current) as current_row_no,
    min(version.first_received_at) as first_received_at
from (
    select
        s.row_no,
        c.version_id,
        c.source_updated_at,
        c.batch_id,
        c.first_received_at,
        c.origin_batch_id is null and coalesce(c.content_hash = s.content_hash, false) as is_same,
        c.row_no as version_row_no,
        c.row_no = 0 as is_absence,
        true as is_current
    from staged as s
    inner join :slot_core as c on c.insurer_id = :insurer_id and c.superseded_at is null and :slot_key_match
    union all
    select
        s.row_no,
        c.version_id,
        c.source_updated_at,
        c.batch_id,
        c.first_received_at,
        c.origin_batch_id is null and coalesce(c.content_hash = s.content_hash, false) as is_same,
        c.row_no as version_row_no,
        c.row_no = 0 as is_absence,
        false as is_current
    from staged as s
    inner join :slot_core as c on c.insurer_id = :insurer_id and c.superseded_at is not null and :slot_key_match
) as version
group by version.row_no
