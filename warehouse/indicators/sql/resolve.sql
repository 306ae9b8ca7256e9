-- grain: one row a contribution, with the county, city and province that its figure counts for
-- scope: the contributions of one definition and period (its SQL takes the slot)
-- exclusions: outside_province, for a region that is unknown or in another province
-- limits: the code of the province itself needs no resolution; writes the temporary table contribution of snapshot.sql
insert into contribution
select
    c.record_type,
    c.record_id,
    c.unit,
    c.insurer_id,
    c.business_date,
    c.domain_code,
    coalesce(c.numerator, 0) as numerator,
    coalesce(c.denominator, 0) as denominator,
    coalesce(
        c.exclusion,
        case
            when coalesce(g.province_code, c.region_code) is distinct from :province_code then 'outside_province'
        end
    ) as exclusion,
    g.county_code,
    g.city_code,
    coalesce(g.province_code, c.region_code) as province_code
from (
    :slot_contributions
) as c
left join reference.region_resolution as g
    on
        c.region_code = g.region_code
        and c.business_date >= g.valid_from
        and c.business_date <= coalesce(g.valid_to, 'infinity')
