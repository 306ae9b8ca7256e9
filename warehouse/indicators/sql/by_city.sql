-- grain: one row a city, sector and insurer, and of shared units one row each
-- scope: the rows of counties in cells.sql, added up
-- exclusions: none
-- limits: a part of cells.sql: cells above the counties are made of fewer rows
select
    city_code,
    province_code,
    domain_group,
    domain_part,
    insurer_id,
    is_shared,
    unit,
    case when :is_distinct and is_shared then max(numerator) else sum(numerator) end as numerator,
    case when :is_distinct and is_shared then max(denominator) else sum(denominator) end as denominator
from counted
group by city_code, province_code, domain_group, domain_part, insurer_id, is_shared, unit
