-- One indicator of each insurer in a place.
-- Grain: one row an insurer. Scope: one publication and period. Exclusions: cells that the caller may not see.
-- Limits: shares of business are in none: figures are ratios of the insurer itself.
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
    and i.domain_code = :domain_code
    and i.insurer_id <> '*'
    and :insurer_id in ('*', i.insurer_id)
order by insurer_name, i.insurer_id
