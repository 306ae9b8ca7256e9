-- Records that a load withdraws since no row of its batch has their key. Grain: one row a current version.
-- Scope: of a batch that replaces, what it replaces and was received before it; of a replay, what its own batch
-- brought before. Exclusions: withdrawn records. A held row counts as present: it withdraws nothing, nor what it was
-- before it was held. A delivery that was rejected when it came passed no guard: its replay withdraws of itself only.
-- slot_core: the record type's table; slot_key_match, slot_key_text: its key columns; slot_event_on: Shanghai date of
-- the main event.
create temporary table absent on commit drop as
select
    c.version_id,
    :slot_key_text as record_key
from :slot_core as c
where
    c.insurer_id = :insurer_id
    and c.superseded_at is null
    and not c.is_withdrawn
    and (
        (
            :is_replay
            and c.batch_id = :batch_id
            and not exists (
                select 1 from outcome as o
                where o.row_no = c.row_no and o.outcome = 'quarantined'
            )
        )
        or (
            c.batch_id < :batch_id
            and not (
                :is_replay
                and exists (
                    select 1 from landing.batch as b
                    where b.batch_id = :batch_id and b.state = 'rejected'
                )
            )
            and (:replaces = 'all' or (:replaces = 'window' and :slot_event_on between :replaces_from and :replaces_to))
        )
    )
    and not exists (
        select 1 from staged as s
        where :slot_key_match
    )
