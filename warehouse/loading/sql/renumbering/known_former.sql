-- What core knows of the batch's records under their former numbers. Grain: one row a row of the batch.
-- slot_core: the record type's table; slot_former_match: equality of the other key columns.
create temporary table known_before on commit drop as
select
    s.row_no,
    bool_or(c.origin_batch_id is null and coalesce(c.content_hash = s.content_hash, false)) as is_duplicate,
    min(c.first_received_at) as first_received_at
from former as f
inner join staged as s on f.row_no = s.row_no
inner join :slot_core as c on c.insurer_id = :insurer_id and :slot_former_match
group by s.row_no
