-- One indicator of each sector in a place.
-- Grain: one row a sector. Scope: one publication and period. Exclusions: cells that the caller may not see.
-- Limits: 11 and 12 count in 10, too.
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
    i.mark_text
from report.indicator as i
where
    i.publication_id = :publication_id
    and i.indicator = (
        select d.indicator from report.indicator_definition as d
        where d.code = :code
    )
    and i.period_kind = :period_kind
    and i.region_code = :region_code
    and i.domain_code <> '*'
    and :domain_code in ('*', i.domain_code)
    and i.insurer_id = :insurer_id
order by i.domain_code
