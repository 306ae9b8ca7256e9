-- grain: one row a version of a definition
-- scope: the definition of a figure that is being published
-- exclusions: a version that is kept already
-- limits: a changed SQL under an unchanged version is kept beside the old one
insert into mart.indicator_definition (
    indicator, definition_version, digest, code, name_zh, name_en, unit, direction, variant_of, numerator_zh,
    denominator_zh, population_zh, confidence, owner, source_document, valid_from, review_date, contributions_sql,
    is_distinct, is_independently_checked
)
values (
    :indicator, :definition_version, :digest, :code, :name_zh, :name_en, :unit, :direction, :variant_of,
    :numerator_zh, :denominator_zh, :population_zh, :confidence, :owner, :source_document, :valid_from, :review_date,
    :contributions_sql, :is_distinct, :is_independently_checked
)
on conflict do nothing
