-- The enterprise that a random name stands for. Grain: at most one row. Scope: where the caller may see it.
-- Exclusions, limits: none.
select c.credit_code
from report.enterprise_code as c
where c.code = cast(:code as uuid)
