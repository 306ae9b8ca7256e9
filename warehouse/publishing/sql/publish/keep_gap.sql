-- grain: one row, an indicator that the publication lacks
-- scope: definitions with a mistake, and what the database refuses or cannot compute
-- exclusions: none
-- limits: none
insert into mart.publication_gap (publication_id, indicator, reason)
values (:publication_id, :indicator, :reason)
