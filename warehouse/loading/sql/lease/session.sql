-- The database session that asks, told apart from a later one with the same process number.
select
    pid as session_pid,
    backend_start as session_started_at
from pg_catalog.pg_stat_activity
where pid = pg_backend_pid()
