-- What the session's login may do beyond its grants. Grain: one row.
select
    cast(r.rolname as text) as login,
    r.rolsuper as is_superuser,
    r.rolbypassrls as sees_every_row
from pg_catalog.pg_roles as r
where r.rolname = session_user
