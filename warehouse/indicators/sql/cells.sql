-- grain: one row a cell (region, domain, insurer) of one definition and period
-- scope: counted contributions; the cell of the whole province always exists
-- exclusions: contributions with an exclusion
-- limits: the slots take counted.sql, or counted_once.sql of a distinct definition, and level.sql, by county and above, of
--   the cells that the definition finds meaningful
with counted as (
    select k.* from (
        :slot_counted
    ) as k
),

unit_cell as (
    select l.* from (
        :slot_levels
    ) as l
),

cell as (
    select
        region_code,
        domain_code,
        insurer_id,
        core.rounded_sum(sum(numerator)) as numerator,
        core.rounded_sum(sum(denominator)) as denominator
    from unit_cell
    where '-' not in (region_code, domain_code, insurer_id)
    group by region_code, domain_code, insurer_id
    union all
    select
        :province_code as region_code,
        '*' as domain_code,
        '*' as insurer_id,
        0 as numerator,
        0 as denominator
    where not exists (select 1 from counted)
),

judged as (
    select
        *,
        case when denominator = 0 then 'zero_denominator' when denominator < 0 then 'negative_denominator' end
            as null_reason,
        case when denominator > 0 then denominator end as divisor
    from (
        select
            region_code,
            domain_code,
            insurer_id,
            numerator,
            case when :unit <> 'count' then denominator end as denominator
        from cell
    ) as c
),

needed as (
    select
        f.insurer_id,
        cast(bool_and(f.is_delivered) as integer) as delivered,
        bool_and(f.is_balanced) as is_balanced
    from expected_feed as f
    where f.record_type = any(:feeds)
    group by f.insurer_id
),

share as (
    select
        n.insurer_id,
        n.delivered as completeness,
        n.is_balanced
    from needed as n
    union all
    select
        '*' as insurer_id,
        case when count(*) > 0 then core.half_up(sum(n.delivered), count(*), 6) end as completeness,
        bool_and(n.is_balanced) as is_balanced
    from needed as n
)

select
    j.region_code,
    j.domain_code,
    j.insurer_id,
    j.numerator,
    j.denominator,
    case when :unit = 'count' then j.numerator else core.half_up(j.numerator, j.divisor, 12) end as value,
    case when :unit = 'count' then j.numerator else core.half_up(:scale * j.numerator, j.divisor, 2) end
        as shown_value,
    case when :unit = 'percent' then core.half_up(:scale * j.numerator, j.divisor, 2) end as shown_pct,
    j.null_reason,
    s.completeness,
    coalesce(s.completeness < 1 or not s.is_balanced, false) as is_provisional
from judged as j
left join share as s on j.insurer_id = s.insurer_id
