-- The register as known at a moment, in force on a day. Grain: one row a feed.
select
    e.insurer_id,
    e.record_type,
    e.channel,
    e.schedule,
    e.working_days,
    e.valid_from,
    e.valid_to,
    e.source,
    e.recorded_at
from landing.expected_delivery as e
where
    e.recorded_at <= :known_at
    and (e.superseded_at is null or e.superseded_at > :known_at)
    and :as_of >= coalesce(e.valid_from, '-infinity')
    and :as_of <= coalesce(e.valid_to, 'infinity')
    and e.insurer_id = coalesce(:insurer_id, e.insurer_id)
order by e.insurer_id, e.record_type
