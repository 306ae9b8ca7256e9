-- Bring the register up to what definitions say now. Grain: one row a feed, given as arrays.
-- Scope: a row that says otherwise is superseded and the new one inserted; a feed that is no longer given is superseded.
-- Limits: of a feed whose definition is broken the channel is not known: the last known one stays.
with given as (
    select
        g.insurer_id,
        g.record_type,
        coalesce(g.channel, o.channel) as channel,
        g.schedule,
        g.working_days,
        g.valid_from,
        g.valid_to,
        g.source
    from
        unnest(
            cast(:insurer_ids as text[]), cast(:record_types as text[]), cast(:channels as text[]),
            cast(:schedules as text[]), cast(:working_days as integer[]), cast(:valid_from as date[]),
            cast(:valid_to as date[]), cast(:sources as text[])
        ) as g (insurer_id, record_type, channel, schedule, working_days, valid_from, valid_to, source)
    left join landing.expected_delivery as o
        on g.insurer_id = o.insurer_id and g.record_type = o.record_type and o.superseded_at is null
),

ended as (
    update landing.expected_delivery as e
    set superseded_at = :recorded_at
    where
        e.superseded_at is null
        and not exists (
            select 1
            from given as g
            where
                g.insurer_id = e.insurer_id
                and g.record_type = e.record_type
                and (g.channel, g.schedule, g.working_days, g.valid_from, g.valid_to, g.source)
                is not distinct from (e.channel, e.schedule, e.working_days, e.valid_from, e.valid_to, e.source)
        )
    returning e.insurer_id, e.record_type
),

kept as (
    select
        e.insurer_id,
        e.record_type
    from landing.expected_delivery as e
    where e.superseded_at is null
    except
    select
        e.insurer_id,
        e.record_type
    from ended as e
)

insert into landing.expected_delivery (
    insurer_id, record_type, channel, schedule, working_days, valid_from, valid_to, source, recorded_at
)
select
    g.insurer_id,
    g.record_type,
    g.channel,
    g.schedule,
    g.working_days,
    g.valid_from,
    g.valid_to,
    g.source,
    :recorded_at as recorded_at
from given as g
left join kept as k on g.insurer_id = k.insurer_id and g.record_type = k.record_type
where k.insurer_id is null
