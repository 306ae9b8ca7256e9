-- Indicators with their floors of a day.
-- Grain: one row an indicator. Scope: the newest version of each definition. Exclusions: none.
-- Limits: targets are in no register.
select
    d.indicator,
    d.code,
    d.name_zh,
    d.name_en,
    d.unit,
    d.direction,
    d.variant_of,
    d.numerator_zh,
    d.denominator_zh,
    d.population_zh,
    d.confidence,
    d.source_document,
    d.valid_from,
    f.min_denominator,
    f.denominator_unit
from report.indicator_definition as d
left join report.indicator_floor as f on d.indicator = f.indicator and :day between f.valid_from and f.valid_to
order by d.code
