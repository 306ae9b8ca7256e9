-- How the server archives its log. Grain: one row. Scope: the server's own count since its statistics were reset.
-- Limits: by the server's clock; a server that has archived nothing yet counts from that reset.
select
    current_setting('archive_mode') <> 'off' as is_on,
    cast(extract(epoch from clock_timestamp() - coalesce(a.last_archived_time, a.stats_reset)) as float) as age_seconds,
    coalesce(a.last_failed_time > coalesce(a.last_archived_time, '-infinity'), false) as is_failing
from pg_catalog.pg_stat_archiver as a
