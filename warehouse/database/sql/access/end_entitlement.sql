-- Ends a login's right now. Grain: at most one row.
update access.entitlement
set valid_to = greatest(now(), valid_from)
where role_name = :role_name and valid_to is null
