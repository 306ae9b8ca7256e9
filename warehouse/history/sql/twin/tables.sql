-- Tables of the hub with their columns. Grain: one row a table.
-- Exclusions: the migrations' own tables (mart.contribution_query is one), leases, partitions, which their whole stands for,
--   those that were detached, and columns that the database computes.
select
    n.nspname || '.' || c.relname as name,
    array_agg(cast(a.attname as text) order by a.attnum) as columns
from pg_catalog.pg_class as c
inner join pg_catalog.pg_namespace as n on c.relnamespace = n.oid
inner join pg_catalog.pg_attribute as a on c.oid = a.attrelid
where
    c.relkind in ('r', 'p')
    and not c.relispartition
    and n.nspname in ('landing', 'reference', 'core', 'quarantine', 'quality', 'mart')
    and (n.nspname, c.relname) not in (('landing', 'lease'), ('mart', 'contribution_query'))
    and n.nspname || '.' || c.relname not in (select d.table_name from mart.publication_detached as d)
    and a.attnum > 0
    and not a.attisdropped
    and a.attgenerated = ''
group by n.nspname, c.relname
order by n.nspname, c.relname
