-- Figures of a publication as a file has them. Grain: one row a cell.
-- Limits: numbers have at most 12 decimals, see core.rounded_sum and core.half_up.
select
    v.indicator,
    v.definition_version,
    v.period_kind,
    v.period_start,
    v.period_end,
    v.region_code,
    v.domain_code,
    v.insurer_id,
    v.numerator,
    v.denominator,
    v.value,
    v.shown_value,
    v.null_reason,
    v.completeness,
    v.is_provisional
from mart.indicator_value as v
where v.publication_id = :slot_publication_id
order by v.indicator, v.period_kind, v.region_code, v.domain_code, v.insurer_id
