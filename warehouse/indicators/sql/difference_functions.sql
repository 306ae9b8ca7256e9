-- grain: one row a function of schema core that may be asked for a moment, with its whole text
-- scope: functions in SQL, with their kind
-- exclusions: aggregates, triggers, procedures
-- limits: the caller chooses those that read core.<record type>_known
select
    p.proname as function_name,
    pg_get_functiondef(p.oid) as definition
from pg_catalog.pg_proc as p
inner join pg_catalog.pg_namespace as n on p.pronamespace = n.oid
inner join pg_catalog.pg_language as l on p.prolang = l.oid
where n.nspname = 'core' and p.prokind = 'f' and l.lanname in ('sql', 'plpgsql')
order by p.proname, p.oid
