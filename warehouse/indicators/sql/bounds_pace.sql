-- grain: one row an insurer, record type and area: the most that it brought in any stretch as long as the gap
-- scope: versions recorded before the gap, in :history_days, after the feed's first days; rows, and what their records count
-- exclusions: none
-- limits: a record counts by what it is now, for each version of it; days are those of Shanghai
insert into bound_pace (
    insurer_id, record_type, region_code, row_count, new_denominator, more_numerator, less_numerator, more_denominator,
    less_denominator
)
with gap as (
    select
        r.insurer_id,
        r.record_type,
        min(f.whole_until) as whole_until,
        max(f.gap_days) as gap_days,
        max(f.settled_at) as settled_at
    from bound_reach as r
    inner join bound_feed as f on r.insurer_id = f.insurer_id and r.feed = f.record_type
    where f.unbounded_reason is null
    group by r.insurer_id, r.record_type
),

daily as (
    select
        r.insurer_id,
        r.record_type,
        g.gap_days,
        coalesce(r.region_code, :province_code) as region_code,
        grouping(r.region_code) as is_whole,
        cast(r.recorded_at at time zone 'Asia/Shanghai' as date) as day,
        count(*) as row_count,
        sum(m.more_denominator) filter (where r.is_first) as new_denominator,
        sum(m.more_numerator) as more_numerator,
        sum(m.less_numerator) as less_numerator,
        sum(m.more_denominator) as more_denominator,
        sum(m.less_denominator) as less_denominator
    from gap as g
    inner join bound_row as r
        on
            g.insurer_id = r.insurer_id
            and g.record_type = r.record_type
            and g.whole_until >= r.recorded_at
            and r.recorded_at > greatest(g.settled_at, g.whole_until - make_interval(days => :history_days))
    left join bound_mass as m on r.record_type = m.record_type and r.current_id = m.record_id
    group by
        r.insurer_id, r.record_type, g.gap_days, cast(r.recorded_at at time zone 'Asia/Shanghai' as date),
        grouping sets ((r.region_code), ())
),

area as (
    select d.*
    from daily as d
    where d.is_whole = 1 or d.region_code <> :province_code
),

stretch as (
    select
        d.insurer_id,
        d.record_type,
        d.region_code,
        d.day,
        sum(e.row_count) as row_count,
        sum(e.new_denominator) as new_denominator,
        sum(e.more_numerator) as more_numerator,
        sum(e.less_numerator) as less_numerator,
        sum(e.more_denominator) as more_denominator,
        sum(e.less_denominator) as less_denominator
    from area as d
    inner join area as e
        on
            d.insurer_id = e.insurer_id
            and d.record_type = e.record_type
            and d.region_code = e.region_code
            and e.day > d.day - d.gap_days
            and d.day >= e.day
    group by d.insurer_id, d.record_type, d.region_code, d.day
)

select
    s.insurer_id,
    s.record_type,
    s.region_code,
    max(s.row_count) as row_count,
    coalesce(max(s.new_denominator), 0) as new_denominator,
    coalesce(max(s.more_numerator), 0) as more_numerator,
    coalesce(max(s.less_numerator), 0) as less_numerator,
    coalesce(max(s.more_denominator), 0) as more_denominator,
    coalesce(max(s.less_denominator), 0) as less_denominator
from stretch as s
group by s.insurer_id, s.record_type, s.region_code
