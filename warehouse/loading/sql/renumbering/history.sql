-- All versions of a record under all its numbers, newest first. Grain: one row a version.
-- slot_core, slot_key_text, slot_number_column: the record type's table, its key as text, its number. rest: what follows the
-- number in the key, null for all.
-- Limits: file is the first part of the delivery that brought the version.
select
    :slot_key_text as record_key,
    c.version_id,
    c.batch_id,
    b.record_type as delivered_as,
    part.name as file,
    c.row_no,
    c.source_updated_at,
    c.recorded_at,
    c.superseded_at,
    c.operation_code,
    c.is_withdrawn,
    c.correction_reason_text as reason_text
from core.key_chain(:record_type, :insurer_id, :number) as k
inner join :slot_core as c on c.insurer_id = :insurer_id and :slot_number_column = k.number
left join landing.batch as b on c.batch_id = b.batch_id
left join lateral (
    select p.name from landing.batch_payload as p
    where p.batch_id = c.batch_id
    order by p.position
    limit 1
) as part on true
where cast(:rest as text) is null or :slot_key_text = k.number || cast(:rest as text)
order by c.recorded_at desc, c.superseded_at desc nulls first, c.version_id desc
