-- Indicators that a publication lacks, and why.
-- Grain: one row an indicator. Scope: one publication. Exclusions: none. Limits: none.
select
    coalesce(d.code, g.indicator) as code,
    coalesce(d.name_zh, g.indicator) as name_zh,
    g.reason
from report.publication_gap as g
left join report.indicator_definition as d on g.indicator = d.indicator
where g.publication_id = :publication_id
order by code
