-- What moved since the first figures of the month.
-- Grain: one row an area, indicator and period whose shown figure, numerator or denominator is another one now.
-- Scope: a place and the areas below it, the indicators of :codes. Exclusions: cells that the caller may not see.
-- Limits: a cell that only one of the two publications has shows a dash for the other.
with codes as materialized (
    select d.indicator from report.indicator_definition as d
    where d.code = any(:codes)
),

areas as materialized (
    select g.region_code
    from report.region as g
    where
        (g.parent_code = :region_code or g.region_code = :region_code)
        and :as_of >= g.valid_from
        and :as_of <= coalesce(g.valid_to, 'infinity')
),

cells as materialized (
    select i.*
    from report.indicator as i
    where
        i.publication_id in (:publication_id, :first_publication_id)
        and i.indicator = any(array(select c.indicator from codes as c))
        and i.region_code = any(array(select a.region_code from areas as a))
        and i.domain_code = :domain_code
        and i.insurer_id = :insurer_id
),

first_cells as (
    select c.* from cells as c
    where c.publication_id = :first_publication_id
),

latest_cells as (
    select c.* from cells as c
    where c.publication_id = :publication_id
)

select
    l.indicator_code as code,
    l.period_kind,
    l.region_code,
    l.region_name,
    l.first_text,
    l.first_of,
    l.latest_text,
    l.latest_of
from (
    select
        coalesce(b.indicator_code, a.indicator_code) as indicator_code,
        coalesce(b.period_kind, a.period_kind) as period_kind,
        coalesce(b.region_code, a.region_code) as region_code,
        coalesce(b.region_name, a.region_name) as region_name,
        coalesce(a.shown_text, '—') as first_text,
        coalesce(a.numerator_text || ' / ' || a.denominator_text, '—') as first_of,
        coalesce(b.shown_text, '—') as latest_text,
        coalesce(b.numerator_text || ' / ' || b.denominator_text, '—') as latest_of
    from first_cells as a
    full join latest_cells as b
        on
            a.indicator = b.indicator
            and a.period_kind = b.period_kind
            and a.region_code = b.region_code
) as l
where (l.first_text, l.first_of) is distinct from (l.latest_text, l.latest_of)
order by l.region_code, l.indicator_code, l.period_kind
