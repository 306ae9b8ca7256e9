-- Rights of logins, for who administers them. Grain: one row a login and stretch of time.
select
    a.*,
    a.valid_to is null and coalesce(r.rolcanlogin, false) as may_log_in
from report.account as a
left join pg_catalog.pg_roles as r on a.role_name = r.rolname
order by a.role_name asc, a.valid_from desc
