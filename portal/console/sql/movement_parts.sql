-- What each cause adds to a cell between two publications.
-- Grain: one row a cause. Scope, exclusions, limits: as the records that moved.
select
    m.cause,
    count(*) as record_count,
    sum(m.numerator) as numerator,
    sum(m.denominator) as denominator
from (
    :slot_moved
) as m
group by m.cause
