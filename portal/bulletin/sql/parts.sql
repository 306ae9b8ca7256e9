-- Figures of the areas below a place.
-- Grain: one row an area that there was on the as-of day, indicator and period; an area without a figure has one row of nulls.
-- Scope: cities of the province, counties of a city; the indicators of :codes, as of a day or from the start of the year.
-- Exclusions: cells that the caller may not see. Limits: indicators that stop at the city have none of counties.
select
    g.region_code,
    g.region_name,
    i.indicator_code as code,
    i.period_kind,
    i.period_start,
    i.period_end,
    i.domain_name,
    i.insurer_name,
    i.numerator,
    i.denominator,
    i.numerator_text,
    i.denominator_text,
    i.value,
    i.shown_pct,
    i.shown_text,
    i.null_reason,
    i.is_small_sample,
    i.is_provisional,
    i.completeness
from report.region as g
left join report.indicator as i
    on
        g.region_code = i.region_code
        and i.publication_id = :publication_id
        and i.indicator = any(array(
            select d.indicator from report.indicator_definition as d
            where d.code = any(:codes)
        ))
        and i.period_kind in ('as_of', 'ytd')
        and i.domain_code = :domain_code
        and i.insurer_id = :insurer_id
where
    g.parent_code = :region_code
    and :as_of >= g.valid_from
    and :as_of <= coalesce(g.valid_to, 'infinity')
order by g.region_code, i.indicator_code
