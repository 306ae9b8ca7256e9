-- Indicators that a publication lacks. Grain: one row an indicator. Scope: one publication. Exclusions, limits: none.
select
    g.indicator,
    coalesce(d.name_zh, g.indicator) as indicator_name,
    g.reason
from report.publication_gap as g
left join report.indicator_definition as d on g.indicator = d.indicator
where g.publication_id = :publication_id
order by g.indicator
