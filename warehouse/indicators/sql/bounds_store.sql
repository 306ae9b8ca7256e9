-- grain: one row a provisional cell of one definition and period: the interval in which its value lies when all is delivered
-- scope: cells of the province and of cities, all sectors; docs/bounds.md says why the interval holds
-- exclusions: cells of a county or a sector
-- limits: needs the current contributions and bounds_pace.sql of the definition; the slot is mart, or the schema of tables like its
insert into :slot_schema.indicator_bound (
    publication_id, indicator, period_kind, region_code, domain_code, insurer_id, method, method_version, low, high,
    shown_low, shown_high, unbounded_reason, missing_count, portfolio_completeness
)
with cell as (
    select
        v.region_code,
        v.insurer_id,
        v.numerator,
        v.denominator,
        v.value
    from :slot_schema.indicator_value as v
    where
        v.publication_id = :publication_id
        and v.indicator = :indicator
        and v.period_kind = :period_kind
        and v.domain_code = '*'
        and v.is_provisional
        and (v.region_code like '____00' or v.region_code like '__90__')
),

lacking as (
    select f.*
    from bound_feed as f
    where f.record_type = any(:feeds)
),

contributing as (
    select distinct
        c.record_type,
        c.insurer_id is null as is_register
    from contribution as c
),

-- What the senders of the lacking feeds are known to add, in the province and in each city.
known as (
    select
        a.region_code,
        c.insurer_id,
        c.record_type,
        r.policy_no,
        sum(c.numerator) as numerator,
        sum(c.denominator) as denominator
    from contribution as c
    cross join
        lateral (
            select c.city_code as region_code
            union
            select c.province_code
        ) as a
    left join bound_record as r on c.record_type = r.record_type and c.record_id = r.current_id
    where c.exclusion is null and c.insurer_id in (select l.insurer_id from lacking as l)
    group by a.region_code, c.insurer_id, c.record_type, c.record_id, r.policy_no
),

held as (
    select
        k.region_code,
        k.insurer_id,
        sum(k.numerator) as numerator,
        sum(k.denominator) as denominator
    from known as k
    group by k.region_code, k.insurer_id
),

largest as (
    select
        k.region_code,
        k.insurer_id,
        k.record_type,
        max(abs(k.numerator)) as numerator,
        max(abs(k.denominator)) as denominator
    from known as k
    group by k.region_code, k.insurer_id, k.record_type
),

heavy as (
    select
        k.region_code,
        k.insurer_id,
        sum(abs(k.numerator)) as numerator,
        sum(abs(k.denominator)) as denominator,
        count(*) over (partition by k.region_code, k.insurer_id) as policy_count
    from known as k
    group by k.region_code, k.insurer_id, k.policy_no
),

-- What the heaviest policies of a sender bring together, as many as the position says.
ranked as (
    select
        h.region_code,
        h.insurer_id,
        h.policy_count,
        row_number() over by_denominator as position_by_denominator,
        sum(h.denominator) over by_denominator as denominator,
        row_number() over by_numerator as position_by_numerator,
        sum(h.numerator) over by_numerator as numerator
    from heavy as h
    window
        by_denominator as (
            partition by h.region_code, h.insurer_id
            order by h.denominator desc rows between unbounded preceding and current row
        ),
        by_numerator as (
            partition by h.region_code, h.insurer_id
            order by h.numerator desc rows between unbounded preceding and current row
        )
),

-- What one policy may bring: the largest premium and the highest limit of the sender's own in the area; of a sender without
-- policies there, of all of them.
highest as (
    select
        b.region_code,
        b.insurer_id,
        b.per_person_limit_amount,
        b.written_premium_amount
    from bound_portfolio as b
),

heaviest_enterprise as (
    select
        a.region_code,
        max(c.denominator) as denominator
    from contribution as c
    cross join
        lateral (
            select c.city_code as region_code
            union
            select c.province_code
        ) as a
    where c.exclusion is null and c.insurer_id is null
    group by a.region_code
),

place as (
    select distinct
        c.region_code,
        l.insurer_id
    from cell as c
    cross join lacking as l
),

-- New and changed records of the types that count.
own as (
    select
        p.region_code,
        p.insurer_id,
        sum(:factor * coalesce(m.more_denominator, 0) + :least * w.denominator) as more_denominator,
        sum(:factor * coalesce(m.new_denominator, 0) + :least * w.denominator) as new_denominator,
        sum(:least * w.denominator) as back_denominator,
        bool_and(h.insurer_id is not null) as has_portfolio,
        sum(:factor * coalesce(m.less_denominator, 0) + :least * w.denominator) as less_denominator,
        sum(:factor * coalesce(m.more_numerator, 0) + :least * w.numerator) as more_numerator,
        sum(:factor * coalesce(m.less_numerator, 0) + :least * w.numerator) as less_numerator
    from place as p
    inner join (
        select distinct
            r.insurer_id,
            r.record_type
        from bound_reach as r
        inner join lacking as l on r.insurer_id = l.insurer_id and r.feed = l.record_type
        inner join contributing as c on r.record_type = c.record_type and not c.is_register
    ) as t on p.insurer_id = t.insurer_id
    left join bound_pace as m
        on p.region_code = m.region_code and p.insurer_id = m.insurer_id and t.record_type = m.record_type
    left join largest as g
        on p.region_code = g.region_code and p.insurer_id = g.insurer_id and t.record_type = g.record_type
    left join highest as h on p.region_code = h.region_code and p.insurer_id = h.insurer_id
    left join highest as a on p.region_code = a.region_code and a.insurer_id = '*'
    cross join
        lateral (
            select
                case
                    when :is_share then greatest(g.denominator, 1)
                    when t.record_type in ('policy', 'endorsement', 'premium_receipt')
                        then greatest(
                            g.denominator, :part_due * coalesce(h.written_premium_amount, a.written_premium_amount), 0
                        )
                    else coalesce(g.denominator, 0)
                end as denominator,
                greatest(
                    g.numerator,
                    case t.record_type
                        when 'claim_payment' then coalesce(h.per_person_limit_amount, a.per_person_limit_amount)
                        when 'fee_expense' then :part_of_fee * coalesce(h.written_premium_amount, a.written_premium_amount)
                    end,
                    0
                ) as numerator
        ) as w
    group by p.region_code, p.insurer_id
),

-- Rows of other types, which move what hangs on them: a policy all of its own, a service one unit.
foreign_row as (
    select
        p.region_code,
        p.insurer_id,
        l.record_type,
        case
            when :is_share or c.record_type is not null then :factor * coalesce(m.row_count, 0) + :least
            else :least
        end as row_count
    from place as p
    inner join lacking as l on p.insurer_id = l.insurer_id
    left join contributing as c on l.record_type = c.record_type
    left join bound_pace as m
        on p.region_code = m.region_code and p.insurer_id = m.insurer_id and l.record_type = m.record_type
    where c.record_type is null or l.record_type in ('policy', 'endorsement')
),

moved as (
    select
        f.region_code,
        f.insurer_id,
        sum(
            case
                when e.denominator is not null then f.row_count * e.denominator
                when f.record_type = any(:single) then f.row_count
                else coalesce(d.denominator, 0)
            end
        ) as denominator,
        sum(
            case
                when e.denominator is not null then f.row_count * e.denominator
                when f.record_type = any(:single) then :least
                else coalesce(d.denominator, 0)
            end
        ) as back_denominator,
        sum(coalesce(n.numerator, 0)) as numerator,
        sum(case when f.record_type = any(:single) then 0 else :least * coalesce(x.denominator, 1) end) as arriving
    from foreign_row as f
    left join heaviest_enterprise as e on f.region_code = e.region_code
    left join ranked as d
        on
            f.region_code = d.region_code
            and f.insurer_id = d.insurer_id
            and d.position_by_denominator = least(f.row_count, d.policy_count)
    left join ranked as n
        on
            f.region_code = n.region_code
            and f.insurer_id = n.insurer_id
            and n.position_by_numerator = least(f.row_count, n.policy_count)
    left join ranked as x
        on f.region_code = x.region_code and f.insurer_id = x.insurer_id and x.position_by_denominator = 1
    group by f.region_code, f.insurer_id
),

allowance as (
    select
        p.region_code,
        p.insurer_id,
        coalesce(h.numerator, 0) as held_numerator,
        coalesce(h.denominator, 0) as held_denominator,
        coalesce(m.denominator, 0) as moved_denominator,
        coalesce(m.numerator, 0) as moved_numerator,
        coalesce(o.more_denominator, 0) + coalesce(m.arriving, 0) as more_denominator,
        coalesce(o.new_denominator, 0) + coalesce(m.arriving, 0) as new_denominator,
        coalesce(o.back_denominator, 0) + coalesce(m.back_denominator, 0) as back_denominator,
        coalesce(o.less_denominator, 0) as less_denominator,
        coalesce(o.has_portfolio, true) as has_portfolio,
        coalesce(o.more_numerator, 0) as more_numerator,
        coalesce(o.less_numerator, 0) as less_numerator
    from place as p
    left join held as h on p.region_code = h.region_code and p.insurer_id = h.insurer_id
    left join own as o on p.region_code = o.region_code and p.insurer_id = o.insurer_id
    left join moved as m on p.region_code = m.region_code and p.insurer_id = m.insurer_id
),

-- Of a share: known records are done first, since that moves the figure most; what is left of the rows comes anew. They go
-- back only by what is allowed back.
turned as (
    select
        a.*,
        s.up,
        least(a.back_denominator, greatest(a.held_numerator, 0)) as down,
        least(a.new_denominator, a.more_denominator + a.moved_denominator - s.up) as added_up,
        a.new_denominator as added_down
    from allowance as a
    cross join lateral (
        select least(a.more_denominator + a.moved_denominator, greatest(a.held_denominator - a.held_numerator, 0)) as up
    ) as s
),

summed as (
    select
        c.*,
        count(*) as missing_count,
        bool_and(t.has_portfolio) as has_portfolio,
        sum(t.up) as up,
        sum(t.down) as down,
        sum(t.added_up) as added_up,
        sum(t.added_down) as added_down,
        sum(t.moved_denominator) as turned,
        sum(t.more_denominator + t.moved_denominator) as more_denominator,
        sum(t.less_denominator + t.moved_denominator) as less_denominator,
        sum(t.more_numerator + t.moved_numerator) as more_numerator,
        sum(t.less_numerator + t.moved_numerator) as less_numerator
    from cell as c
    inner join turned as t on c.region_code = t.region_code and c.insurer_id in ('*', t.insurer_id)
    group by c.region_code, c.insurer_id, c.numerator, c.denominator, c.value
),

interval_of as (
    select
        s.*,
        case
            when u.unbounded_reason is not null then u.unbounded_reason
            when s.value is null then 'no_value'
            when not :is_share and s.insurer_id <> '*' and not s.has_portfolio then 'no_portfolio'
            when not :is_share and s.denominator <= s.less_denominator then 'weak_denominator'
        end as unbounded_reason,
        case
            when :is_share and r.is_register
                then greatest(s.numerator - s.turned, 0) / nullif(s.denominator, 0)
            when :is_share then (s.numerator - s.down) / nullif(s.denominator + s.added_down, 0)
            else least(
                (s.numerator - s.less_numerator) / nullif(s.denominator - s.less_denominator, 0),
                (s.numerator - s.less_numerator) / nullif(s.denominator + s.more_denominator, 0)
            )
        end as low,
        case
            when :is_share and r.is_register
                then least(s.numerator + s.turned, s.denominator) / nullif(s.denominator, 0)
            when :is_share then (s.numerator + s.up + s.added_up) / nullif(s.denominator + s.added_up, 0)
            else greatest(
                (s.numerator + s.more_numerator) / nullif(s.denominator - s.less_denominator, 0),
                (s.numerator + s.more_numerator) / nullif(s.denominator + s.more_denominator, 0)
            )
        end as high
    from summed as s
    cross join (select coalesce(bool_and(c.is_register), false) as is_register from contributing as c) as r
    left join lateral (
        select min(l.unbounded_reason) as unbounded_reason
        from lacking as l
        where s.insurer_id in ('*', l.insurer_id)
    ) as u on true
)

select
    :publication_id as publication_id,
    :indicator as indicator,
    :period_kind as period_kind,
    i.region_code,
    '*' as domain_code,
    i.insurer_id,
    :method as method,
    :method_version as method_version,
    case when i.unbounded_reason is null then floor(i.low * 1e12) / 1e12 end as low,
    case when i.unbounded_reason is null then ceil(i.high * 1e12) / 1e12 end as high,
    case when i.unbounded_reason is null then floor(i.low * 10000) / 100 end as shown_low,
    case when i.unbounded_reason is null then ceil(i.high * 10000) / 100 end as shown_high,
    i.unbounded_reason,
    i.missing_count,
    (
        select
            core.half_up(
                coalesce(sum(b.policy_count) filter (where b.insurer_id not in (select l.insurer_id from lacking as l)), 0),
                nullif(sum(b.policy_count), 0), 6
            )
        from bound_portfolio as b
        where b.region_code = i.region_code and i.insurer_id in ('*', b.insurer_id) and b.insurer_id <> '*'
    ) as portfolio_completeness
from interval_of as i
