-- Whether the database has a function. Grain: one value. Scope: any arguments. Exclusions, limits: none.
select exists(
    select from pg_catalog.pg_proc as p
    inner join pg_catalog.pg_namespace as n on p.pronamespace = n.oid
    where n.nspname || '.' || p.proname = :name
)
