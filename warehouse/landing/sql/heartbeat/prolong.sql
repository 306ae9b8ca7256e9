-- Prolong the interval through which a service is up. Grain: at most one row.
-- Exclusions: an interval that was ended by a stop, whose last beat is too long ago, or by another offset of the clock.
update landing.heartbeat as h
set up_to = greatest(h.up_to, :now)
where
    h.service = :service
    and h.up_from = (
        select max(o.up_from) from landing.heartbeat as o
        where o.service = :service
    )
    and h.stopped_by is null
    and h.clock_offset = :clock_offset
    and h.up_from <= :now
    and h.up_to >= cast(:now as timestamptz) - cast(:longest_silence as interval)
