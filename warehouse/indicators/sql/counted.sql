-- grain: one row a county, sector and insurer
-- scope: counted contributions, added up
-- exclusions: contributions with an exclusion
-- limits: a part of cells.sql; - stands for none
select
    coalesce(c.county_code, '-') as county_code,
    coalesce(c.city_code, '-') as city_code,
    c.province_code,
    case when c.domain_code in ('11', '12') then '10' else coalesce(c.domain_code, '-') end as domain_group,
    case when c.domain_code in ('11', '12') then c.domain_code else '-' end as domain_part,
    coalesce(c.insurer_id, '-') as insurer_id,
    false as is_shared,
    cast(null as text) as unit,
    sum(c.numerator) as numerator,
    sum(c.denominator) as denominator
from contribution as c
where c.exclusion is null
group by c.county_code, c.city_code, c.province_code, c.domain_code, c.insurer_id
