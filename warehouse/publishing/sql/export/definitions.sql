-- The definitions of a publication, as they were. Grain: one row an indicator.
select
    d.indicator,
    d.definition_version,
    d.digest,
    d.code,
    d.name_zh,
    d.unit,
    d.is_distinct
from mart.publication_definition as p
inner join mart.indicator_definition as d
    on p.indicator = d.indicator and p.definition_version = d.definition_version and p.digest = d.digest
where p.publication_id = :publication_id
order by d.indicator
