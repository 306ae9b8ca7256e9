-- grain: one row a cell of one definition and period, with names, and shown in its unit
-- scope: the cells that cells.sql makes of the current contributions (it takes the slot); a null parameter takes every
--   value
-- exclusions: none
-- limits: stores nothing
with insurer_name as materialized (
    select
        insurer_id,
        insurer_name
    from report.insurer
)

select
    c.region_code,
    r.region_name,
    case
        when c.region_code like '__0000' then 'province'
        when c.region_code like '____00' or c.region_code like '__90__' then 'city'
        else 'county'
    end as region_level,
    c.domain_code,
    case c.domain_code when '*' then '全部行业领域' else t.domain_name end as domain_name,
    c.insurer_id,
    case c.insurer_id when '*' then '全部机构' else i.insurer_name end as insurer_name,
    c.numerator,
    c.denominator,
    c.value,
    c.shown_value,
    c.shown_pct,
    coalesce(
        c.shown_pct || '%',
        core.shown_number(c.shown_value, u.value_decimals, u.value_unit),
        cast(c.shown_value as text),
        '—'
    ) as shown_text,
    c.null_reason,
    c.completeness,
    c.is_provisional
from (
    :slot_cells
) as c
left join reference.indicator_presentation as u on u.indicator = :indicator
left join insurer_name as i on c.insurer_id = i.insurer_id
left join reference.domain_title as t on c.domain_code = t.domain_code
left join lateral (
    select g.region_name
    from reference.region_title as g
    where g.region_code = c.region_code and g.valid_from <= :period_end
    order by g.valid_from desc
    limit 1
) as r on true
where
    coalesce(cast(:region_code as text), c.region_code) = c.region_code
    and coalesce(cast(:domain_code as text), c.domain_code) = c.domain_code
    and coalesce(cast(:insurer_id as text), c.insurer_id) = c.insurer_id
order by c.region_code, c.domain_code, c.insurer_id
