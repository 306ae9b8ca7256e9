-- grain: one row a cell (area; whole province by sector; whole province by insurer) of one definition and period
-- scope: the cells that cells.sql makes of the current contributions (it takes the slot), stored for a month
-- exclusions: cells of areas below the province by sector or insurer
-- limits: completeness is not judged: a month is computed long after its deliveries
insert into mart.month_figure (
    month, indicator, definition_version, period_kind, period_start, period_end, region_code, domain_code, insurer_id,
    numerator, denominator, value, shown_value, shown_pct, null_reason
)
select
    cast(date_trunc('month', cast(:period_end as date)) as date) as month,
    :indicator,
    :definition_version,
    :period_kind,
    :period_start,
    :period_end,
    c.region_code,
    c.domain_code,
    c.insurer_id,
    c.numerator,
    c.denominator,
    c.value,
    c.shown_value,
    c.shown_pct,
    c.null_reason
from (
    :slot_cells
) as c
