-- grain: one row a record, by its current version, with its policy
-- scope: senders of feeds that lack a delivery
-- exclusions: none
-- limits: reads bound_row
create temporary table bound_record on commit drop as
select distinct
    r.record_type,
    r.current_id,
    r.policy_no
from bound_row as r
