-- Obligations as people see them.
-- Grain: one row an obligation. Scope: those of policies whose current version the caller may see, of lead insurers.
-- Exclusions: what core.obligation tells of with an exclusion, and what asks nothing after pro rata.
-- Limits: computed when asked. What hangs on a policy is seen with it, so a policy's obligations are seen whole or not.
create type report.obligation_told as (
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
    required_count integer,
    done_count integer,
    state text,
    rule_no text,
    source text,
    whole_count integer,
    window_days integer,
    covered_days integer,
    service_nos text []
);
comment on type report.obligation_told is '应服务义务:每项一行';
comment on column report.obligation_told.insurer_id is '报送机构';
comment on column report.obligation_told.policy_no is '保单号';
comment on column report.obligation_told.insured_credit_code is '被保险人统一社会信用代码';
comment on column report.obligation_told.region_code is '风险所在地代码(窗口最后一日)';
comment on column report.obligation_told.high_risk_domain_code is '高危行业领域';
comment on column report.obligation_told.obligation_no is '义务编号,不变';
comment on column report.obligation_told.duty_code is '义务种类;plan_line 为方案明细';
comment on column report.obligation_told.title_zh is '义务名称';
comment on column report.obligation_told.window_start_date is '窗口首日';
comment on column report.obligation_told.window_end_date is '窗口最后一日(保险责任先终止的为终止前一日)';
comment on column report.obligation_told.required_count is '应服务次数(已折算)';
comment on column report.obligation_told.done_count is '截至业务日双方已确认的次数';
comment on column report.obligation_told.state is 'done 已完成、overdue 逾期、due 应开展、open 未到期';
comment on column report.obligation_told.rule_no is '依据的规则;plan 为约定方案';
comment on column report.obligation_told.source is '来源';
comment on column report.obligation_told.whole_count is '整个窗口应服务次数';
comment on column report.obligation_told.window_days is '窗口天数;方案明细为空';
comment on column report.obligation_told.covered_days is '窗口内保险责任天数;方案明细为空';
comment on column report.obligation_told.service_nos is '履行该义务的服务编号';

-- One obligation as it is told on a day.
create function core.obligation_state(done_count integer, required_count integer, first_day date, last_day date, as_of date)
returns text language sql immutable parallel safe as $$
    select case
        when $1 >= $2 then 'done'
        when $4 < $5 then 'overdue'
        when $3 <= $5 then 'due'
        else 'open'
    end
$$;
comment on function core.obligation_state is '一项义务在某日的状态';

create function report.obligation_at(as_of date, known_at timestamptz) returns setof report.obligation_told
language sql stable security definer rows 1000 set search_path = pg_catalog, pg_temp set work_mem = '64MB' as $$
    select
        o.insurer_id, o.policy_no, o.insured_credit_code, o.region_code, o.high_risk_domain_code, o.obligation_no,
        o.duty_code, o.title_zh, o.window_start_date, o.window_end_date, o.required_count, o.done_count,
        core.obligation_state(o.done_count, o.required_count, o.window_start_date, o.window_end_date, $1),
        o.rule_no, o.source, o.whole_count, o.window_days, o.covered_days,
        array(select core.masked(n) from unnest(o.service_nos) as n)
    from mart.obligation($1, $2) as o
    where
        o.exclusion is null and o.required_count > 0
        and (
            (select access.all_areas()) or (o.insurer_id, o.policy_no) in (
                select p.insurer_id, p.policy_no from core.policy as p where p.superseded_at is null
            )
        )
$$;
comment on function report.obligation_at is
'应服务义务:某业务日、按某时刻所知,每项义务一行(规则的每个窗口,或约定方案的每条明细);共保只计首席承保人,折算后不足一次的不列;已撤销、当时已被替换的版本不在内。参数: as_of 业务日; known_at 时刻。列: insurer_id 报送机构; policy_no 保单号; insured_credit_code 被保险人统一社会信用代码; region_code 风险所在地代码(窗口最后一日); high_risk_domain_code 高危行业领域; obligation_no 义务编号,不变; duty_code 义务种类;plan_line 为方案明细; title_zh 义务名称; window_start_date 窗口首日; window_end_date 窗口最后一日(保险责任先终止的为终止前一日); required_count 应服务次数(已折算); done_count 截至业务日双方已确认的次数; state done 已完成、overdue 逾期、due 应开展、open 未到期; rule_no 依据的规则;plan 为约定方案; source 来源; whole_count 整个窗口应服务次数; window_days 窗口天数;方案明细为空; covered_days 窗口内保险责任天数;方案明细为空; service_nos 履行该义务的服务编号';
create function report.obligation_of(
    as_of date, known_at timestamptz, of_insurer text default null, of_region text default null, of_policy text default null
) returns setof report.obligation_told
language plpgsql stable security definer rows 1000 set search_path = pg_catalog, pg_temp set work_mem = '64MB'
set enable_nestloop = off as $$
#variable_conflict use_column
declare
    insurer_ids text[];
    policy_nos text[];
    is_seen boolean[];
begin
    select array_agg(k.insurer_id), array_agg(k.policy_no), array_agg(true)
    into insurer_ids, policy_nos, is_seen
    from (
        with codes as materialized (
            select g.region_code from reference.region_resolution as g
            where $4 in (g.region_code, g.county_code, g.city_code, g.province_code)
        )
        select p.insurer_id, p.policy_no
        from core.policy as p
        where
            p.superseded_at is null
            and ($3 is null or p.insurer_id = $3)
            and ($5 is null or p.policy_no = $5)
            and (
                $4 is null
                or p.region_code in (select r.region_code from codes as r)
                or exists (
                    select from core.endorsement as e
                    where e.insurer_id = p.insurer_id and e.policy_no = p.policy_no and e.region_code in (select r.region_code from codes as r)
                )
            )
    ) as k;
    return query
    select
        o.insurer_id, o.policy_no, o.insured_credit_code, o.region_code, o.high_risk_domain_code, o.obligation_no,
        o.duty_code, o.title_zh, o.window_start_date, o.window_end_date, o.required_count, o.done_count,
        core.obligation_state(o.done_count, o.required_count, o.window_start_date, o.window_end_date, $1),
        o.rule_no, o.source, o.whole_count, o.window_days, o.covered_days,
        array(select core.masked(n) from unnest(o.service_nos) as n)
    from mart.obligation_of($1, $2, insurer_ids, policy_nos, is_seen) as o
    where
        o.exclusion is null and o.required_count > 0
        and ($4 is null or exists (
            select from reference.region_resolution as g
            where
                o.region_code = g.region_code and $4 in (g.region_code, g.county_code, g.city_code, g.province_code)
                and o.window_end_date between g.valid_from and coalesce(g.valid_to, 'infinity')
        ));
end
$$;
comment on function report.obligation_of is
'应服务义务(只算所问机构、地区或保单的,较快):某业务日、按某时刻所知,每项义务一行(规则的每个窗口,或约定方案的每条明细);共保只计首席承保人,折算后不足一次的不列;已撤销、当时已被替换的版本不在内。参数: as_of 业务日; known_at 时刻; of_insurer 机构,空为全部; of_region 省、市或县代码,空为全部; of_policy 保单号,空为全部。列: insurer_id 报送机构; policy_no 保单号; insured_credit_code 被保险人统一社会信用代码; region_code 风险所在地代码(窗口最后一日); high_risk_domain_code 高危行业领域; obligation_no 义务编号,不变; duty_code 义务种类;plan_line 为方案明细; title_zh 义务名称; window_start_date 窗口首日; window_end_date 窗口最后一日(保险责任先终止的为终止前一日); required_count 应服务次数(已折算); done_count 截至业务日双方已确认的次数; state done 已完成、overdue 逾期、due 应开展、open 未到期; rule_no 依据的规则;plan 为约定方案; source 来源; whole_count 整个窗口应服务次数; window_days 窗口天数;方案明细为空; covered_days 窗口内保险责任天数;方案明细为空; service_nos 履行该义务的服务编号';
grant execute on function report.obligation_at, report.obligation_of to anze_regulator, anze_loader;
