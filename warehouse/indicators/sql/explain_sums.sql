-- grain: one row
-- scope: the picked contributions of a cell; a distinct definition counts each unit once
-- exclusions: none
-- limits: reads the temporary table behind of explain_pick.sql
select
    core.rounded_sum(coalesce(sum(u.numerator), 0)) as numerator,
    core.rounded_sum(coalesce(sum(u.denominator), 0)) as denominator,
    cast(coalesce(sum(u.record_count), 0) as bigint) as record_count
from (
    select
        case when :is_distinct then max(b.numerator) else sum(b.numerator) end as numerator,
        case when :is_distinct then max(b.denominator) else sum(b.denominator) end as denominator,
        count(*) as record_count
    from behind as b
    group by case when :is_distinct then b.unit end
) as u
