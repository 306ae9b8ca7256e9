-- grain: one row a record whose verdict was judged again between the moments, by its version that the later one knows
-- scope: one record type; its table and key take the slots
-- exclusions: none
-- limits: the version is the one that was there; what changed is its verdict
insert into change (
    record_type, identity, step, cause, version_id, insurer_id, record_key, batch_id, row_no, recorded_at
)
select
    ':slot_record_type' as record_type,
    cast(jsonb_build_array(v.insurer_id, :slot_key) as text) as identity,
    array_position(cast(:causes as text[]), 'judging') as step,
    'judging' as cause,
    v.version_id,
    v.insurer_id,
    concat_ws('|', :slot_key) as record_key,
    v.batch_id,
    v.row_no,
    v.recorded_at
from core.:slot_record_type as v
where
    v.recorded_at <= :known_to
    and (v.superseded_at is null or v.superseded_at > :known_to)
    and exists (
        select 1 from quality.version_verdict as a
        where
            a.record_type = ':slot_record_type'
            and a.version_id = v.version_id
            and a.judged_at > :known_from
            and a.judged_at <= :known_to
    )
