-- A service is stopped by somebody: the gap after it is planned. Grain: at most one row.
update landing.heartbeat as h
set stopped_by = :stopped_by
where
    h.service = :service
    and h.up_from = (
        select max(o.up_from) from landing.heartbeat as o
        where o.service = :service
    )
