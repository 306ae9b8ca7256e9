-- One indicator of each sector in a place.
-- Grain: one row a sector. Scope: one publication and period. Exclusions: cells that the caller may not see.
-- Limits: 11 and 12 count in 10, too.
select i.*
from (
    :slot_cells
) as i
where
    i.period_kind = :period_kind
    and i.region_code = :region_code
    and i.domain_code <> '*'
    and :domain_code in ('*', i.domain_code)
    and i.insurer_id = :insurer_id
order by i.domain_code
