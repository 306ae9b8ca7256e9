-- Standbys that stream from this primary. Grain: one row each. Limits: a login without pg_monitor sees that they are there, and
--   null for the rest. Seconds: how long after a commit here it is replayed there, empty while nothing happens.
select
    coalesce(nullif(r.application_name, ''), cast(r.pid as text)) as name,
    r.state,
    r.sync_state,
    coalesce(r.state = 'streaming' and r.sync_state in ('sync', 'quorum'), false) as is_waited_for,
    cast(extract(epoch from r.replay_lag) as float) as seconds
from pg_catalog.pg_stat_replication as r
order by 1
