-- grain: one row an indicator that a publication lacks
-- scope: one publication
-- exclusions: none
-- limits: none
select
    indicator,
    reason
from mart.publication_gap
where publication_id = :publication_id
order by indicator
