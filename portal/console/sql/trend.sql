-- One indicator by month.
-- Grain: one row a month. Scope: months that are over, and the one that runs (is_complete false).
-- Exclusions, limits: as report.indicator_monthly.
select
    m.month,
    m.as_of,
    m.known_at,
    m.source,
    m.publication_id,
    m.is_complete,
    m.period_kind,
    m.numerator,
    m.denominator,
    m.value,
    m.shown_text,
    m.is_provisional
from report.indicator_monthly(:code, :region_code, :months, :period_kind, :domain_code, :insurer_id) as m
order by m.month
