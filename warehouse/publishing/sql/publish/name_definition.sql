-- grain: one row, an indicator of the publication
-- scope: which text of its definition computed the figures
-- exclusions: none
-- limits: the text itself is in mart.indicator_definition
insert into mart.publication_definition (publication_id, indicator, definition_version, digest)
values (:publication_id, :indicator, :definition_version, :digest)
