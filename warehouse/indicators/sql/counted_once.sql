-- grain: one row a county, sector and insurer, and of units that several of these share one row each
-- scope: counted contributions of a distinct definition: each unit once; units that nobody shares, added up
-- exclusions: contributions with an exclusion
-- limits: a part of cells.sql; - stands for none
select
    coalesce(u.county_code, '-') as county_code,
    coalesce(u.city_code, '-') as city_code,
    u.province_code,
    case when u.domain_code in ('11', '12') then '10' else coalesce(u.domain_code, '-') end as domain_group,
    case when u.domain_code in ('11', '12') then u.domain_code else '-' end as domain_part,
    coalesce(u.insurer_id, '-') as insurer_id,
    u.is_shared,
    case when u.is_shared then u.unit end as unit,
    sum(u.numerator) as numerator,
    sum(u.denominator) as denominator
from (
    select
        c.county_code,
        c.city_code,
        c.province_code,
        c.domain_code,
        c.insurer_id,
        c.unit,
        max(c.numerator) as numerator,
        max(c.denominator) as denominator,
        count(*) over (partition by c.unit) > 1 as is_shared
    from contribution as c
    where c.exclusion is null
    group by c.county_code, c.city_code, c.province_code, c.domain_code, c.insurer_id, c.unit
) as u
group by
    u.county_code, u.city_code, u.province_code, u.domain_code, u.insurer_id, u.is_shared,
    case when u.is_shared then u.unit end
