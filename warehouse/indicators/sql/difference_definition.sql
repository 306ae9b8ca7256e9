-- grain: at most one row
-- scope: the definition that computed an indicator of a publication
-- exclusions: none
-- limits: none
select
    d.definition_version,
    d.digest,
    d.unit,
    d.is_distinct,
    d.contributions_sql
from mart.publication_definition as p
inner join mart.indicator_definition as d
    on p.indicator = d.indicator and p.definition_version = d.definition_version and p.digest = d.digest
where p.publication_id = :publication_id and p.indicator = :indicator
