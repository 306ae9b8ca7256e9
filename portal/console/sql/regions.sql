-- Areas as they were called on a day.
-- Grain: one row a code. Scope: every code that there has been; of several validities, the one of the day or the last before.
-- Exclusions: codes that begin later. Limits: none.
select distinct on (region_code)
    region_code,
    region_name,
    region_level,
    parent_code,
    valid_from,
    valid_to
from report.region
where valid_from <= :day
order by region_code asc, valid_from desc
