-- Logins of persons: members of the groups of readers. Grain: one row a login. Exclusions: who
--   administers a group without a superuser's rights is a member of it since PostgreSQL 16. Logins that were disabled stay.
select distinct cast(m.rolname as text) as role_name
from pg_catalog.pg_auth_members as a
inner join pg_catalog.pg_roles as g on a.roleid = g.oid
inner join pg_catalog.pg_roles as m on a.member = m.oid
where g.rolname = any(:groups) and not a.admin_option
order by role_name
