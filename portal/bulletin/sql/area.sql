-- A place's area.
-- Grain: one row. Scope: the area of :region_code as it was called on a day. Exclusions: none. Limits: none.
select
    g.region_name,
    g.region_level,
    (
        select count(*) from report.region as b
        where b.parent_code = g.region_code and :as_of >= b.valid_from and :as_of <= coalesce(b.valid_to, 'infinity')
    ) as part_count
from report.region as g
where g.region_code = :region_code and :as_of >= g.valid_from and :as_of <= coalesce(g.valid_to, 'infinity')
