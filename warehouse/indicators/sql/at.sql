-- grain: one row a cell of one definition and period, with the name and level of its area
-- scope: the cells that cells.sql makes of the current contributions (it takes the slot); a null parameter takes every
--   value
-- exclusions: none
-- limits: stores nothing
select
    c.region_code,
    r.region_name,
    case
        when c.region_code like '__0000' then 'province'
        when c.region_code like '____00' then 'city'
        else 'county'
    end as region_level,
    c.domain_code,
    c.insurer_id,
    c.numerator,
    c.denominator,
    c.value,
    c.shown_value,
    c.shown_pct,
    coalesce(c.shown_pct || '%', cast(c.shown_value as text), '—') as shown_text,
    c.null_reason,
    c.completeness,
    c.is_provisional
from (
    :slot_cells
) as c
left join lateral (
    select g.region_name
    from reference.region as g
    where g.region_code = c.region_code and g.valid_from <= :period_end
    order by g.valid_from desc
    limit 1
) as r on true
where
    coalesce(cast(:region_code as text), c.region_code) = c.region_code
    and coalesce(cast(:domain_code as text), c.domain_code) = c.domain_code
    and coalesce(cast(:insurer_id as text), c.insurer_id) = c.insurer_id
order by c.region_code, c.domain_code, c.insurer_id
