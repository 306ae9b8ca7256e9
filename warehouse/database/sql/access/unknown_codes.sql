-- Codes that no right can name: unknown regions and sectors, and regions of the past, with what became of them.
-- Grain: one row a code. Exclusions: *.
select
    c.code,
    '地区 region' as what,
    (
        select max(coalesce(r.county_code, r.city_code, r.province_code))
        from reference.region_resolution as r
        where r.region_code = c.code
    ) as now
from unnest(cast(:region_codes as text[])) as c (code)
where
    c.code <> '*'
    and not exists (
        select 1 from reference.region as g
        where g.region_code = c.code and g.valid_to is null
    )
union all
select
    c.code,
    '行业领域 sector' as what,
    null as now
from unnest(cast(:domain_codes as text[])) as c (code)
where
    c.code <> '*'
    and not exists (
        select 1 from reference.domain_title as t
        where t.domain_code = c.code
    )
