-- Figures of a frozen month in one place, first and latest.
-- Grain: one row an indicator and period. Scope: one month and place. Exclusions: cells that the caller may not see.
-- Limits: none.
select
    f.indicator_code,
    f.indicator_name,
    f.period_kind,
    f.period_text,
    f.first_text,
    f.first_numerator,
    f.first_denominator,
    f.first_is_provisional,
    f.latest_text,
    f.latest_numerator,
    f.latest_denominator,
    f.is_revised,
    f.region_name
from report.frozen_figure as f
where
    f.month = :month
    and f.region_code = :region_code
    and f.domain_code = :domain_code
    and f.insurer_id = :insurer_id
order by f.indicator_code, array_position(array['as_of', 'ytd', 'month', 'rolling12'], f.period_kind)
