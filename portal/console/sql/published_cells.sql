-- Cells of some indicators in a publication, for the slot of statements that choose among them.
-- Grain: one row a place and period. Scope: one publication; the indicators of :codes, all when there are none.
-- Exclusions: cells that the caller may not see. Limits: none.
select
    i.region_code,
    i.region_name,
    i.domain_code,
    i.domain_name,
    i.insurer_id,
    coalesce(i.insurer_name, i.insurer_id) as insurer_name,
    i.indicator_code,
    i.period_kind,
    i.period_text,
    i.numerator,
    i.denominator,
    i.value,
    i.comparable_value,
    i.shown_text,
    i.numerator_text,
    i.denominator_text,
    i.null_reason,
    i.is_small_sample,
    i.is_provisional,
    i.completeness,
    i.mark_text,
    b.shown_low,
    b.shown_high
from report.indicator as i
left join report.indicator_bound as b
    on
        i.publication_id = b.publication_id
        and i.indicator = b.indicator
        and i.period_kind = b.period_kind
        and i.region_code = b.region_code
        and i.domain_code = b.domain_code
        and i.insurer_id = b.insurer_id
where
    i.publication_id = :publication_id
    and i.indicator = any(array(
        select d.indicator from report.indicator_definition as d
        where cardinality(cast(:codes as text[])) = 0 or d.code = any(:codes)
    ))
