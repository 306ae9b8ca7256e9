-- grain: no row; the database reads the contributions in the slot and answers with their columns
-- scope: one definition
-- exclusions: none
-- limits: only what the parser and planner see
select *
from (
    :slot_contributions
) as c
where false
