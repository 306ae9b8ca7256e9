-- Ends the sessions of a login in every database. Grain: one row a session.
select pg_terminate_backend(a.pid) as is_ended
from pg_catalog.pg_stat_activity as a
where a.usename = :role_name
