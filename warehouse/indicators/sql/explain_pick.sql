-- grain: one row a contribution of one cell, or one that was left out
-- scope: the current contributions; what was left out is not cut by area or sector
-- exclusions: contributions with an exclusion, or without one, as :is_excluded says
-- limits: reads the temporary table contribution of snapshot.sql
create temporary table behind on commit drop as
select c.*
from contribution as c
where
    (c.exclusion is not null) = :is_excluded
    and (:is_excluded or :region_code in (c.county_code, c.city_code, c.province_code))
    and (
        :is_excluded
        or :domain_code in ('*', c.domain_code)
        or (:domain_code = '10' and c.domain_code in ('11', '12'))
    )
    and :insurer_id in ('*', c.insurer_id)
