-- grain: one row a cell and unit that several rows share (null: all others)
-- scope: rows of counties or of cities (the slot), added up to the grouping sets of the slots
-- exclusions: none
-- limits: a part of cells.sql
select
    coalesce(:slot_regions) as region_code,
    coalesce(:slot_domains, '*') as domain_code,
    coalesce(:slot_insurers, '*') as insurer_id,
    case when :is_distinct and is_shared then max(numerator) else sum(numerator) end as numerator,
    case when :is_distinct and is_shared then max(denominator) else sum(denominator) end as denominator
from :slot_rows
group by is_shared, unit, grouping sets (:slot_grouping_sets)
