-- The last sign of life of each service. Grain: one row a service.
select distinct on (h.service)
    h.service,
    h.up_to,
    h.stopped_by
from landing.heartbeat as h
order by h.service asc, h.up_from desc
