-- What stands in for core.<record type>_known while a hybrid state is computed, whatever moment is asked for.
-- Grain: one row a record. Scope: versions that both moments know, and those chosen of the keys that moved.
-- Limits: reads the temporary tables chosen and verdict_moment; the slots take the record type, its columns with the
--   verdict of that moment, and both moments.
create or replace function pg_temp.:slot_function(known_at timestamptz) returns setof core.:slot_record_type
language sql stable as $$
    select :slot_columns from core.:slot_record_type as v
    left join quality.verdict_known(':slot_record_type', (select m.known_at from pg_temp.verdict_moment as m)) as a
        on v.version_id = a.version_id
    where v.recorded_at <= :slot_known_from and (v.superseded_at is null or v.superseded_at > :slot_known_to)
        and not v.is_withdrawn
    union all
    select :slot_columns from core.:slot_record_type as v
    left join quality.verdict_known(':slot_record_type', (select m.known_at from pg_temp.verdict_moment as m)) as a
        on v.version_id = a.version_id
    where not v.is_withdrawn
        and v.version_id in (select c.version_id from pg_temp.chosen as c where c.record_type = ':slot_record_type')
$$
