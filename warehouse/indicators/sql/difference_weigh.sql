-- grain: one row a contribution of one place in one state
-- scope: what explain_pick.sql picked
-- exclusions: none
-- limits: kept to see which contributions a step moves
insert into weighed (place_no, state_no, record_type, record_id, unit, numerator, denominator)
select
    :place_no as place_no,
    :state_no as state_no,
    b.record_type,
    b.record_id,
    b.unit,
    b.numerator,
    b.denominator
from behind as b
