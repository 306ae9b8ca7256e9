-- One indicator of each insurer in a place.
-- Grain: one row an insurer. Scope: one publication and period. Exclusions: cells that the caller may not see.
-- Limits: shares of business are in none: figures are ratios of the insurer itself.
select i.*
from (
    :slot_cells
) as i
where
    i.period_kind = :period_kind
    and i.region_code = :region_code
    and i.domain_code = :domain_code
    and i.insurer_id <> '*'
    and :insurer_id in ('*', i.insurer_id)
order by i.insurer_name, i.insurer_id
