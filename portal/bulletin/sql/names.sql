-- Insurers' names. Grain: one row an insurer of the register. Scope: all. Exclusions: none. Limits: none.
select
    insurer_id,
    insurer_name
from report.insurer
order by insurer_id
