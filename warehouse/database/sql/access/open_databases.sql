-- Databases of the server, but for the connected one and twins in the making, that one of the given roles may enter.
-- Grain: one row a database.
select quote_ident(d.datname) as name
from pg_catalog.pg_database as d
where
    d.datallowconn
    and d.datname <> current_database()
    and d.datname not like 'anze\_twin\_%'
    and exists (
        select 1
        from pg_catalog.pg_roles as r
        where r.rolname = any(:roles) and has_database_privilege(r.oid, d.oid, 'connect')
    )
order by d.datname
