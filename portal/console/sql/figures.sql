-- Figures of one place.
-- Grain: one row an indicator and period. Scope: one publication; the indicators of :codes, all when there are none.
-- Exclusions: cells that the caller may not see. Limits: none.
select i.*
from (
    :slot_cells
) as i
where
    i.region_code = :region_code
    and i.domain_code = :domain_code
    and i.insurer_id = :insurer_id
order by i.indicator_code, array_position(array['as_of', 'ytd', 'month', 'rolling12'], i.period_kind)
