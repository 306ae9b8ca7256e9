-- grain: one row a reason
-- scope: contributions left out of an indicator and period, of one insurer or all
-- exclusions: none
-- limits: not cut by area or sector, which may be unknown
select
    c.exclusion as reason,
    count(*) as record_count,
    sum(c.numerator) as numerator,
    sum(c.denominator) as denominator
from contribution as c
where c.exclusion is not null and :insurer_id in ('*', c.insurer_id)
group by c.exclusion
order by c.exclusion
