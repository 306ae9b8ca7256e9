-- What the login may do in the connected database. Grain: one row. A database without the hub's schemas is no hub's yet.
select
    cast(current_user as text) as login,
    exists(
        select 1 from pg_catalog.pg_namespace as n
        where n.nspname in ('landing', 'report')
    ) as is_hub,
    exists(
        select 1
        from pg_catalog.pg_namespace as n
        where n.nspname = 'landing' and has_schema_privilege(n.oid, 'usage')
    ) as may_load,
    array(
        select cast(n.nspname || '.' || c.relname as text)
        from pg_catalog.pg_class as c
        inner join pg_catalog.pg_namespace as n on c.relnamespace = n.oid
        where
            n.nspname = 'report'
            and c.relkind in ('v', 'm', 'r')
            and has_schema_privilege(n.oid, 'usage')
            and has_table_privilege(c.oid, 'select')
        order by c.relname
    ) as views
