-- Which table needs which. Grain: one row a foreign key between two tables.
select
    f.conrelid::regclass::text as name,  -- noqa: CV11
    f.confrelid::regclass::text as needed  -- noqa: CV11
from pg_catalog.pg_constraint as f
where f.contype = 'f' and f.conrelid <> f.confrelid
