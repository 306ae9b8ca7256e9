-- Figures of a place.
-- Grain: one row an indicator and period. Scope: one publication, the indicators of :codes.
-- Exclusions: cells that the caller may not see. Limits: none.
select
    i.indicator_code as code,
    i.period_kind,
    i.period_start,
    i.period_end,
    i.region_code,
    i.region_name,
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
from report.indicator as i
where
    i.publication_id = :publication_id
    and i.indicator = any(array(
        select d.indicator from report.indicator_definition as d
        where d.code = any(:codes)
    ))
    and i.region_code = :region_code
    and i.domain_code = :domain_code
    and i.insurer_id = :insurer_id
order by i.indicator_code, array_position(array['as_of', 'ytd', 'rolling12', 'month'], i.period_kind)
