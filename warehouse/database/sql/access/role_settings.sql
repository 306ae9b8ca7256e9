-- Settings of one role that are kept in the server and apply at its logins.
-- Grain: one row a setting, with the database it is for (null = all). Scope: the role :role. Exclusions: none.
-- Limits: a session may still change what PostgreSQL lets every user change.
select
    d.datname as database,
    c.setting
from pg_catalog.pg_db_role_setting as s
inner join pg_catalog.pg_roles as r on s.setrole = r.oid
left join pg_catalog.pg_database as d on s.setdatabase = d.oid
cross join lateral unnest(s.setconfig) as c (setting)
where r.rolname = :role
order by d.datname, c.setting
