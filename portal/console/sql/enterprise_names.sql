-- Random names of enterprises.
-- Grain: one row an enterprise. Scope: those asked for that have one and that the caller may see. Exclusions, limits: none.
select
    c.credit_code,
    cast(c.code as text) as code
from report.enterprise_code as c
where c.credit_code = any(:credit_codes)
