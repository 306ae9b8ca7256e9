-- One indicator of each area below a place.
-- Grain: one row an area that there was on the as-of day. Scope: cities of the province, counties of a city.
-- Exclusions: none: an area without a cell, or whose cell the caller may not see, has no value.
-- Limits: indicators that stop at the city have no value in counties.
select
    g.region_code,
    g.region_name,
    coalesce(i.domain_code, :domain_code) as domain_code,
    coalesce(i.domain_name, '') as domain_name,
    coalesce(i.insurer_id, :insurer_id) as insurer_id,
    coalesce(i.insurer_name, i.insurer_id, '') as insurer_name,
    cast(:code as text) as indicator_code,
    i.period_kind,
    i.period_text,
    i.numerator,
    i.denominator,
    i.value,
    i.comparable_value,
    coalesce(i.shown_text, '—') as shown_text,
    i.numerator_text,
    i.denominator_text,
    i.null_reason,
    coalesce(i.is_small_sample, false) as is_small_sample,
    i.is_provisional,
    i.completeness,
    coalesce(i.mark_text, '') as mark_text
from report.region as g
left join (
    :slot_cells
) as i
    on
        g.region_code = i.region_code
        and i.period_kind = :period_kind
        and i.domain_code = :domain_code
        and i.insurer_id = :insurer_id
where
    g.parent_code = :region_code
    and :as_of >= g.valid_from
    and :as_of <= coalesce(g.valid_to, 'infinity')
order by g.region_code
