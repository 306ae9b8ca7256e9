-- Names of insurers. Grain: one row an insurer. Scope: today's register. Exclusions, limits: as report.insurer.
select
    insurer_id,
    insurer_name
from report.insurer
order by insurer_id
