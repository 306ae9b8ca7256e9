-- grain: one row a version that became current between the moments, and one a version that such a one replaced first
-- scope: one record type; its table, key and the equality of keys take the slots
-- exclusions: versions that never were current
-- limits: a key that had any version before is corrected, by whatever load; a new one is delivered
with fresh as (
    select
        v.version_id,
        v.insurer_id,
        jsonb_build_array(v.insurer_id, :slot_key) as identity,
        concat_ws('|', :slot_key) as record_key,
        v.batch_id,
        v.row_no,
        v.recorded_at,
        coalesce(
            l.cause,
            case
                when :is_register then 'register'
                when exists (
                    select 1 from core.:slot_record_type as e
                    where e.recorded_at <= :known_from and e.insurer_id = v.insurer_id and :slot_key_match
                ) then 'correction'
                else 'delivery'
            end
        ) as cause
    from core.:slot_record_type as v
    left join load_cause as l on v.batch_id = l.batch_id and v.recorded_at = l.recorded_at
    where
        v.recorded_at > :known_from
        and v.recorded_at <= :known_to
        and (v.superseded_at is null or v.superseded_at > v.recorded_at)
),

former as (
    select
        v.version_id,
        v.insurer_id,
        jsonb_build_array(v.insurer_id, :slot_key) as identity,
        concat_ws('|', :slot_key) as record_key,
        v.batch_id,
        v.row_no,
        v.recorded_at
    from core.:slot_record_type as v
    where v.recorded_at <= :known_from and v.superseded_at > :known_from and v.superseded_at <= :known_to
)

insert into change (
    record_type, identity, step, cause, version_id, insurer_id, record_key, batch_id, row_no, recorded_at
)
select
    ':slot_record_type' as record_type,
    cast(f.identity as text) as identity,
    array_position(cast(:causes as text[]), f.cause) as step,
    f.cause,
    f.version_id,
    f.insurer_id,
    f.record_key,
    f.batch_id,
    f.row_no,
    f.recorded_at
from fresh as f
union all
select
    ':slot_record_type' as record_type,
    cast(f.identity as text) as identity,
    0 as step,
    null as cause,
    f.version_id,
    f.insurer_id,
    f.record_key,
    f.batch_id,
    f.row_no,
    f.recorded_at
from former as f
