-- Obligations: which services each policy is owed, and which were done.
-- Grain: core.obligation one row a policy and window of a duty, or a line of an agreed plan.
-- Scope: what is known at known_at; services count until as_of. Windows run from inception. The place on a window's last
--   day decides which rule asks, the first day of the policy year which version of it. See docs/obligations.md.
-- Exclusions: told in the column exclusion, as I3 tells them; lines of a plan in whose place a rule stands are not there.
-- Limits: a gap inside the cover of a policy is not told from cover; what a rule asks nothing of has required_count 0.

-- The last day of so many months from a day on. Where the month has no such day, its last day is it (Civil Code, art. 202).
create function core.last_of_months(first_day date, months integer) returns date
language sql immutable strict parallel safe as $$
    select
        cast($1 + make_interval(months => $2) as date)
        - cast(extract(day from $1 + make_interval(months => $2)) = extract(day from $1) as integer)
$$;
comment on function core.last_of_months is '自某日起若干个月的最后一日;当月无对应日的为月末日';

-- Which obligation each service serves: its place in the obligations' arrays, 0 for none. Services come in order; each goes
-- to the window that holds its day and ends first, else to the oldest that is over; one service serves once.
create function core.served(
    starts date[], ends date[], required integer[], items text[], service_days date[], service_items text[]
) returns integer[] language plpgsql immutable parallel safe as $$
declare
    owed integer[] := required;
    found integer[] := '{}';
    chosen integer;
begin
    for n in 1 .. cardinality(service_days) loop
        chosen := 0;
        for o in 1 .. cardinality(starts) loop
            if owed[o] > 0 and starts[o] <= service_days[n] and (items[o] = '*' or service_items[n] = any(string_to_array(items[o], ',')))
            then
                if ends[o] >= service_days[n] then
                    chosen := o;
                    exit;
                elsif chosen = 0 then
                    chosen := o;
                end if;
            end if;
        end loop;
        found := found || chosen;
        if chosen > 0 then
            owed[chosen] := owed[chosen] - 1;
        end if;
    end loop;
    return found;
end
$$;
comment on function core.served is '每次服务履行哪项义务(数组中的位置,0为无):先归窗口内最早截止的,再补最早逾期的';

create function core.obligation(as_of date, known_at timestamptz) returns table (
    insurer_id text,
    policy_no text,
    insured_credit_code text,
    region_code text,
    high_risk_domain_code text,
    obligation_no text,
    duty_code text,
    title_zh text,
    window_start_date date,
    window_end_date date,
    whole_count integer,
    window_days integer,
    covered_days integer,
    required_count integer,
    done_count integer,
    service_nos text[],
    rule_no text,
    source text,
    record_type text,
    record_id bigint,
    exclusion text
) language sql stable parallel safe as $$
with stretch as materialized (
    select * from core.policy_timeline($2)
),
cover as materialized (
    select s.insurer_id, s.policy_no, s.cover_start_date as first_day, max(s.cover_to) as last_day
    from stretch as s
    group by s.insurer_id, s.policy_no, s.cover_start_date
    having max(s.cover_to) is not null
),
policy_year as materialized (
    select
        c.insurer_id, c.policy_no, c.first_day, c.last_day, y.year_no,
        core.last_of_months(c.first_day, 12 * (y.year_no - 1)) + 1 as year_first,
        core.last_of_months(c.first_day, 12 * y.year_no) as year_last
    from cover as c
    cross join lateral generate_series(1, cast(extract(year from c.last_day) - extract(year from c.first_day) as integer) + 1)
        as y (year_no)
    where core.last_of_months(c.first_day, 12 * (y.year_no - 1)) < c.last_day
),
-- Rules by the places where a policy ever lies: few of the policies of a province meet a rule of one city.
candidate as (
    select distinct s.insurer_id, s.policy_no, r.rule_no, r.valid_from, r.is_instead_of_plan
    from stretch as s
    left join reference.region_resolution as g
        on s.region_code = g.region_code and g.valid_to is null
    inner join reference.obligation_rule as r
        on
            (r.region_code in ('*', g.county_code, g.city_code, g.province_code)
            or (length(r.region_code) < 6 and coalesce(g.city_code, g.province_code) like r.region_code || '%')
            or g.region_code is null)
            and r.object_codes && array['*', s.insured_object_code]
),
line as materialized (
    select
        l.version_id, l.insurer_id, l.policy_no, l.plan_no, l.plan_line_no, l.service_item_code, l.planned_count,
        l.window_start_date, l.window_end_date, y.year_no, y.year_first
    from core.service_plan_known($2) as l
    left join policy_year as y
        on
            l.insurer_id = y.insurer_id and l.policy_no = y.policy_no
            and l.window_end_date between y.year_first and least(y.year_last, y.last_day)
    where l.plan_status_code in ('20', '30')
),
asked as (
    select
        y.insurer_id, y.policy_no, y.year_no, y.year_first, w.rule_no, w.valid_from, w.duty_code, w.window_no, w.title_zh,
        w.item_codes, w.required_count as whole_count, d.starts as window_start_date,
        least(d.ends, y.last_day) as window_end_date, d.ends - d.starts + 1 as window_days,
        least(d.ends, y.last_day) - d.starts + 1 as covered_days
    from candidate as c
    inner join policy_year as y on c.insurer_id = y.insurer_id and c.policy_no = y.policy_no
    inner join reference.obligation_window as w on c.rule_no = w.rule_no and c.valid_from = w.valid_from
    cross join lateral (
        select
            core.last_of_months(y.first_day, 12 * (y.year_no - 1) + w.from_month) + 1 as starts,
            core.last_of_months(y.first_day, 12 * (y.year_no - 1) + w.to_month) as ends
    ) as d
    where
        d.starts <= y.last_day
        and (
            c.is_instead_of_plan or not exists (
                select from line as l
                where l.insurer_id = y.insurer_id and l.policy_no = y.policy_no and l.year_no = y.year_no
            )
        )
),
due as (
    select
        a.insurer_id, a.policy_no, a.year_no, a.year_first, a.rule_no, a.window_end_date, a.window_start_date, a.duty_code,
        a.title_zh, a.item_codes, a.whole_count, a.window_days, a.covered_days, a.window_no,
        cast(null as bigint) as line_id, cast(null as text) as plan_no, cast(null as text) as plan_line_no, true as may_be_ruled
    from asked as a
    union all
    select
        l.insurer_id, l.policy_no, l.year_no, l.year_first, null, l.window_end_date, l.window_start_date,
        'plan_line', null, array[l.service_item_code], l.planned_count, null, null, null, l.version_id, l.plan_no,
        l.plan_line_no, c.policy_no is not null
    from line as l
    left join (select distinct n.insurer_id, n.policy_no from candidate as n where n.is_instead_of_plan) as c
        on l.insurer_id = c.insurer_id and l.policy_no = c.policy_no
),
ruled as (
    select
        d.*, t.version_id, t.insured_credit_code, t.region_code, t.high_risk_domain_code, t.is_lead,
        r.rule_no as ruling_no, r.is_instead_of_plan, r.rounding, r.source,
        coalesce(t.cover_from <= d.window_end_date and t.cover_to >= d.window_end_date, false) as is_in_force
    from due as d
    left join stretch as t
        on
            d.insurer_id = t.insurer_id and d.policy_no = t.policy_no
            and d.window_end_date >= t.valid_from and d.window_end_date < t.valid_to
    left join reference.region_resolution as g
        on
            t.region_code = g.region_code
            and d.window_end_date >= g.valid_from and d.window_end_date <= coalesce(g.valid_to, 'infinity')
    left join core.enterprise_known($2) as e on t.insured_credit_code = e.credit_code
    left join lateral (
        select r.rule_no, r.is_instead_of_plan, r.rounding, r.source
        from reference.obligation_rule as r
        where
            d.may_be_ruled and r.valid_from <= d.year_first and coalesce(d.year_first <= r.valid_to, true)
            and r.object_codes && array['*', t.insured_object_code]
            and r.size_codes && array['*', e.size_code]
            and (r.domain_code in ('*', t.high_risk_domain_code)
                or (r.domain_code = '10' and t.high_risk_domain_code in ('11', '12')))
            and (r.region_code in ('*', g.county_code, g.city_code, g.province_code)
                or (length(r.region_code) < 6 and coalesce(g.city_code, g.province_code) like r.region_code || '%'))
        order by
            r.is_instead_of_plan desc, length(replace(r.region_code, '*', '')) desc, r.domain_code = '*', r.rule_no collate "C"
        limit 1
    ) as r on true
),
counted as (
    select
        r.*,
        case
            when r.line_id is not null then r.whole_count
            when r.rounding = 'down' then r.whole_count * r.covered_days / r.window_days
            when r.rounding = 'up' then (r.whole_count * r.covered_days + r.window_days - 1) / r.window_days
            else (2 * r.whole_count * r.covered_days + r.window_days) / (2 * r.window_days)
        end as required_count,
        case
            when r.line_id is not null then concat_ws('/', r.policy_no, 'plan', r.plan_no, r.plan_line_no)
            else concat_ws('/', r.policy_no, r.rule_no, r.year_no, r.duty_code, r.window_no)
        end as obligation_no
    from ruled as r
    where
        case
            when r.line_id is not null then not coalesce(r.is_instead_of_plan, false)
            else r.rule_no = r.ruling_no
        end
),
service as materialized (
    select
        s.insurer_id, s.policy_no, s.service_no, s.plan_no, s.plan_line_no, s.service_item_code,
        cast(s.service_end_at at time zone 'Asia/Shanghai' as date) as done_on
    from core.service_record_known($2) as s
    where
        s.service_status_code = '50'
        and cast(s.service_end_at at time zone 'Asia/Shanghai' as date) <= $1
),
owing as (
    select
        c.insurer_id, c.policy_no,
        array_agg(c.obligation_no order by c.window_end_date, c.window_start_date desc, c.obligation_no collate "C")
            as obligation_nos,
        array_agg(c.window_start_date order by c.window_end_date, c.window_start_date desc, c.obligation_no collate "C")
            as starts,
        array_agg(c.window_end_date order by c.window_end_date, c.window_start_date desc, c.obligation_no collate "C")
            as ends,
        array_agg(c.required_count order by c.window_end_date, c.window_start_date desc, c.obligation_no collate "C")
            as required,
        array_agg(
            array_to_string(c.item_codes, ',')
            order by c.window_end_date, c.window_start_date desc, c.obligation_no collate "C"
        ) as items
    from counted as c
    where c.line_id is null and c.required_count > 0
    group by c.insurer_id, c.policy_no
),
serving as (
    select
        s.insurer_id, s.policy_no,
        array_agg(s.service_no order by s.done_on, s.service_no collate "C") as service_nos,
        array_agg(s.done_on order by s.done_on, s.service_no collate "C") as days,
        array_agg(s.service_item_code order by s.done_on, s.service_no collate "C") as items
    from service as s
    where exists (select from owing as o where o.insurer_id = s.insurer_id and o.policy_no = s.policy_no)
    group by s.insurer_id, s.policy_no
),
done as (
    select m.insurer_id, m.obligation_no, cast(count(*) as integer) as done_count, array_agg(m.service_no order by m.place) as service_nos
    from (
        select o.insurer_id, o.obligation_nos[p.chosen] as obligation_no, v.service_nos[p.place] as service_no, p.place
        from owing as o
        inner join serving as v on o.insurer_id = v.insurer_id and o.policy_no = v.policy_no
        cross join lateral unnest(core.served(o.starts, o.ends, o.required, o.items, v.days, v.items))
            with ordinality as p (chosen, place)
        where p.chosen > 0
    ) as m
    group by m.insurer_id, m.obligation_no
    union all
    select
        l.insurer_id, concat_ws('/', l.policy_no, 'plan', l.plan_no, l.plan_line_no), cast(count(*) as integer),
        array_agg(s.service_no order by s.done_on, s.service_no collate "C")
    from line as l
    inner join service as s
        on l.insurer_id = s.insurer_id and l.plan_no = s.plan_no and l.plan_line_no = s.plan_line_no
    group by l.insurer_id, l.policy_no, l.plan_no, l.plan_line_no
),
item as (
    select e.code, min(e.name_zh) as title_zh from reference.code_entry as e
    where e.list_code = 'CL-SERVICE-ITEM'
    group by e.code
)
select
    c.insurer_id, c.policy_no, c.insured_credit_code, c.region_code, c.high_risk_domain_code, c.obligation_no, c.duty_code,
    coalesce(c.title_zh, '方案约定:' || i.title_zh, '方案约定的服务'), c.window_start_date, c.window_end_date, c.whole_count,
    c.window_days, c.covered_days, c.required_count, coalesce(d.done_count, 0), coalesce(d.service_nos, '{}'),
    coalesce(c.rule_no, 'plan'), coalesce(case when c.line_id is null then c.source end, '服务方案 ' || c.plan_no),
    case when c.line_id is null then 'policy' else 'service_plan' end, coalesce(c.line_id, c.version_id),
    case
        when c.version_id is null then 'policy_unknown'
        when not c.is_lead then 'not_lead'
        when c.line_id is not null and not c.is_in_force then 'policy_not_in_force'
    end
from counted as c
left join done as d on c.insurer_id = d.insurer_id and c.obligation_no = d.obligation_no
left join item as i on c.line_id is not null and c.item_codes[1] = i.code
$$;
comment on function core.obligation is '应服务义务:某业务日、按某时刻所知,每张保单的每个窗口或方案明细一行';

-- For who reads report: sizes of enterprises are asked by those, too, who see no register, of policies that they see.
create function mart.enterprise_sizes(known_at timestamptz) returns table (credit_code text, size_code text)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select e.credit_code, e.size_code from core.enterprise_known($1) as e
$$;

-- The same for all policies and for some, made from the text of core.obligation, so that all say the same; see
-- core.policy_timeline_of.
do $$
declare
    made text := replace(
        pg_get_functiondef('core.obligation'::regproc), 'core.enterprise_known($2)', 'mart.enterprise_sizes($2)'
    );
begin
    execute replace(made, 'core.obligation(as_of date', 'mart.obligation(as_of date');
    made := replace(made, 'core.obligation(as_of date, known_at timestamp with time zone)',
        'mart.obligation_of(as_of date, known_at timestamp with time zone, insurer_ids text[], policy_nos text[], is_current_seen boolean[])');
    made := replace(made, 'core.policy_timeline($2)', 'core.policy_timeline_of($2, $3, $4, $5)');
    made := regexp_replace(
        made, 'core\.(service_plan|service_record)_known\(\$2\)',
        '(select n.* from core.\1_known($2) as n where (n.insurer_id, n.policy_no) in (select * from unnest($3, $4)))',
        'g'
    );
    execute made;
end
$$;

revoke execute on function mart.enterprise_sizes, mart.obligation, mart.obligation_of from public, anze_loader;
-- Only for the time of this migration: an owner of a function must be able to create in its schema.
grant create on schema mart to anze_explainer;
alter function mart.enterprise_sizes owner to anze_explainer;
revoke create on schema mart from anze_explainer;
set local role anze_explainer;
grant execute on function mart.enterprise_sizes to anze_owner;
set local role anze_owner;
