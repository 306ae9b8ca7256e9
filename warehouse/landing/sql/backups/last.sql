-- The newest backup. Grain: one row, none before the first. Scope, exclusions, limits: none.
select
    b.label,
    b.kind,
    b.stopped_at,
    b.database_bytes,
    b.repository_bytes
from landing.backup as b
order by b.stopped_at desc
limit 1
