-- Settings that the login may give to a role. Grain: one row a setting of :names. Scope: a superuser may give all of them.
-- Exclusions: settings of superusers that a DBA did not grant (`grant set on parameter`).
select s.name
from pg_catalog.pg_settings as s
where
    s.name = any(:names)
    and (s.context <> 'superuser' or has_parameter_privilege(s.name, 'set'))
order by s.name
