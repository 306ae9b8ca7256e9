-- The kind of an open account. Grain: at most one row.
select e.kind
from access.entitlement as e
where e.role_name = :role_name and e.valid_to is null
