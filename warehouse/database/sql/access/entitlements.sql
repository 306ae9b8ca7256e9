-- Rights of logins. Grain: one row a login and stretch of time.
select
    e.role_name,
    e.kind,
    e.region_codes,
    e.domain_codes,
    e.insurer_id,
    e.sees_personal,
    e.valid_from,
    e.valid_to,
    e.granted_by,
    e.source,
    e.valid_to is null and coalesce(r.rolcanlogin, false) as may_log_in
from access.entitlement as e
left join pg_catalog.pg_roles as r on e.role_name = r.rolname
order by e.role_name asc, e.valid_from desc
