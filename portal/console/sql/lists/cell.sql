-- Records behind the cell of a place.
-- Grain: one row a record and unit. Scope: one publication. Exclusions, limits: as report.explain_cell.
select c.*
from report.indicator as i
cross join
    lateral report.explain_cell(
        i.indicator, i.region_code, i.domain_code, i.insurer_id, i.period_kind, i.publication_id, null
    ) as c
where
    i.publication_id = :publication_id
    and i.indicator = (
        select d.indicator from report.indicator_definition as d
        where d.code = :code
    )
    and i.period_kind = :period_kind
    and i.region_code = :region_code
    and i.domain_code = :domain_code
    and i.insurer_id = :insurer_id
