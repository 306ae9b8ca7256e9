-- Cells of one indicator, page by page, and how many there are in all.
-- Grain: one row a cell; a single row without a period when the page is empty. Scope: one publication.
-- Exclusions: cells that the caller may not see. Limits: :row_count rows after a cell.
with chosen as materialized (
    select i.*
    from (
        :slot_cells
    ) as i
    where
        :region_code in ('', i.region_code)
        and :domain_code in ('', i.domain_code)
        and :insurer_id in ('', i.insurer_id)
        and :period_kind in ('', i.period_kind)
)

select
    t.total,
    p.*
from (select count(*) as total from chosen) as t
left join lateral (
    select c.*
    from chosen as c
    where
        :is_first
        or (c.region_code, c.domain_code, c.insurer_id, c.period_kind)
        > (:after_region, :after_domain, :after_insurer, :after_period)
    order by c.region_code, c.domain_code, c.insurer_id, c.period_kind
    limit :row_count
) as p on true
order by p.region_code, p.domain_code, p.insurer_id, p.period_kind
