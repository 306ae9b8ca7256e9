-- grain: one row a cell (region, domain, insurer) of one definition and period
-- scope: the cells that cells.sql makes of the current contributions (a slot), stored for a publication; the other slot is mart,
--   or the schema of a table like it
-- exclusions: none
-- limits: none
insert into :slot_schema.indicator_value (
    publication_id, indicator, definition_version, period_kind, period_start, period_end, region_code, domain_code,
    insurer_id, numerator, denominator, value, shown_value, shown_pct, null_reason, completeness, is_provisional
)
select
    :publication_id,
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
    c.null_reason,
    c.completeness,
    c.is_provisional
from (
    :slot_cells
) as c
