-- Month-end figures of the last 24 months.
-- Grain: month_figure one row a month, one row a cell: every area of the province over all sectors and insurers, and the
--   whole province by sector and by insurer; month_computed one row a month; the views as their comments say.
-- Scope: months that are over. A month is computed again when something was loaded since; known_at says as known when.
-- Limits: what was frozen or published of a month stands in mart.indicator_value; the view says which figure it shows.
create table mart.month_computed (
    month date primary key check (month = date_trunc('month', month)),
    known_at timestamptz not null,
    last_load_no bigint not null,
    definitions_digest text not null,
    region_digest text not null
);

create table mart.month_figure (
    month date not null references mart.month_computed on delete cascade,
    indicator text not null,
    definition_version integer not null,
    period_kind text not null,
    period_start date not null,
    period_end date not null,
    region_code text not null,
    domain_code text not null,
    insurer_id text not null,
    numerator numeric not null,
    denominator numeric,
    value numeric,
    shown_value numeric(24, 2),
    shown_pct numeric(24, 2),
    null_reason text,
    primary key (region_code, indicator, domain_code, insurer_id, period_kind, month)
);

create index month_figure_month on mart.month_figure (month, indicator);

grant update, delete on mart.month_computed, mart.month_figure to anze_loader;

-- Where each month's figures come from. A frozen month shows its latest revision; another the newest knowledge of it,
-- published or computed; the month that is not over the newest publication of one of its days.
create view report.month as
with published as (
    select distinct on (date_trunc('month', p.as_of))
        cast(date_trunc('month', p.as_of) as date) as month,
        p.publication_id,
        p.as_of,
        p.known_at,
        p.as_of = cast(date_trunc('month', p.as_of) + interval '1 month - 1 day' as date) as is_complete
    from mart.publication as p
    order by date_trunc('month', p.as_of) asc, p.as_of desc, p.known_at desc
),

frozen as (
    select distinct on (f.month)
        f.month,
        f.publication_id,
        p.as_of,
        p.known_at
    from mart.frozen as f
    inner join mart.publication as p on f.publication_id = p.publication_id
    order by f.month asc, f.revision_no desc
)

select
    coalesce(f.month, c.month, p.month) as month,
    case
        when f.month is not null then 'frozen'
        when c.month is null or (p.is_complete and p.known_at >= c.known_at) then 'published'
        else 'computed'
    end as source,
    case
        when f.month is not null then f.publication_id
        when c.month is null or (p.is_complete and p.known_at >= c.known_at) then p.publication_id
    end as publication_id,
    case
        when f.month is not null then f.as_of
        when c.month is null or (p.is_complete and p.known_at >= c.known_at) then p.as_of
        else cast(c.month + interval '1 month - 1 day' as date)
    end as as_of,
    case
        when f.month is not null then f.known_at
        when c.month is null or (p.is_complete and p.known_at >= c.known_at) then p.known_at
        else c.known_at
    end as known_at,
    f.month is not null or c.month is not null or p.is_complete as is_complete
from frozen as f
full join mart.month_computed as c on f.month = c.month
full join published as p on coalesce(f.month, c.month) = p.month;
comment on view report.month is '月份:每个有数的月份一行,说明该月的数取自哪里';
comment on column report.month.month is '月份的第一天';
comment on column report.month.source is '取自: frozen 已固定(最新修订), published 已发布, computed 由平台按月末补算';
comment on column report.month.publication_id is '取自的发布编号,computed 为空';
comment on column report.month.as_of is '统计截止日:已结束的月份为月末,否则为最近一次发布的截止日';
comment on column report.month.known_at is '数据截止时刻:只计入此刻之前入库的版本';
comment on column report.month.is_complete is '该月是否已结束';

create view report.indicator_month as
select
    s.month,
    s.as_of,
    s.known_at,
    s.source,
    s.publication_id,
    s.is_complete,
    v.indicator,
    d.code as indicator_code,
    d.name_zh as indicator_name,
    d.unit,
    v.definition_version,
    v.period_kind,
    v.period_start,
    v.period_end,
    v.region_code,
    v.domain_code,
    v.insurer_id,
    v.numerator,
    v.denominator,
    v.value,
    coalesce(v.shown_pct || '%', cast(v.shown_value as text), '—') as shown_text,
    v.null_reason,
    v.is_provisional
from report.month as s
cross join report.indicator_definition as d
inner join lateral (
    select
        i.indicator,
        i.definition_version,
        i.period_kind,
        i.period_start,
        i.period_end,
        i.region_code,
        i.domain_code,
        i.insurer_id,
        i.numerator,
        i.denominator,
        i.value,
        i.shown_value,
        i.shown_pct,
        i.null_reason,
        i.is_provisional
    from mart.indicator_value as i
    where
        i.publication_id = s.publication_id
        and i.indicator = d.indicator
        and (
            (i.domain_code = '*' and i.insurer_id = '*')
            or (i.region_code like '__0000' and '*' in (i.domain_code, i.insurer_id))
        )
    union all
    select
        m.indicator,
        m.definition_version,
        m.period_kind,
        m.period_start,
        m.period_end,
        m.region_code,
        m.domain_code,
        m.insurer_id,
        m.numerator,
        m.denominator,
        m.value,
        m.shown_value,
        m.shown_pct,
        m.null_reason,
        cast(null as boolean) as is_provisional
    from mart.month_figure as m
    where s.source = 'computed' and m.month = s.month and m.indicator = d.indicator
) as v on true;
comment on view report.indicator_month is
'月度指标:每个月份、指标、期间、地区一行,另有全省按行业、全省按机构各一行;数取自 report.month 所说的来源。记录须在 known_at 时有效:已撤销、已被替换的版本不计入。查询某一指标请用 report.indicator_monthly';
comment on column report.indicator_month.month is '月份的第一天';
comment on column report.indicator_month.as_of is '统计截止日,通常为月末';
comment on column report.indicator_month.known_at is '数据截止时刻';
comment on column report.indicator_month.source is '数的来源,见 report.month';
comment on column report.indicator_month.publication_id is '取自的发布编号,computed 为空';
comment on column report.indicator_month.is_complete is '该月是否已结束';
comment on column report.indicator_month.indicator is '指标标识,见 report.indicator_definition';
comment on column report.indicator_month.indicator_code is '指标代码,如 I1';
comment on column report.indicator_month.indicator_name is '指标名称';
comment on column report.indicator_month.unit is '单位:percent 百分比, count 个数, days 天, yuan 元';
comment on column report.indicator_month.definition_version is '口径版本';
comment on column report.indicator_month.period_kind is '期间:as_of 时点, month 当月, ytd 本年累计, rolling12 近12个月';
comment on column report.indicator_month.period_start is '期间首日(含)';
comment on column report.indicator_month.period_end is '期间末日(含),即统计截止日';
comment on column report.indicator_month.region_code is '地区代码:省、市、县';
comment on column report.indicator_month.domain_code is '高危行业领域代码,* 为全部';
comment on column report.indicator_month.insurer_id is '机构,* 为全部';
comment on column report.indicator_month.numerator is '分子';
comment on column report.indicator_month.denominator is '分母';
comment on column report.indicator_month.value is '比值(未乘100)';
comment on column report.indicator_month.shown_text is '显示文字;无值为 —';
comment on column report.indicator_month.null_reason is '无值原因:zero_denominator 分母为零, negative_denominator 分母为负';
comment on column report.indicator_month.is_provisional is '暂定:发布时有应报机构未送达或申报不平;补算的月份为空';

-- The series of one indicator and area. security invoker: it reads what its caller may read.
create function report.indicator_monthly(
    indicator text,
    region_code text default null,
    months integer default 24,
    period_kind text default null,
    domain_code text default '*',
    insurer_id text default '*'
) returns setof report.indicator_month
language sql stable parallel safe as $$
    select i.*
    from report.indicator_month as i
    where
        i.indicator = coalesce(
            (select d.indicator from report.indicator_definition as d where d.code = $1), $1
        )
        and case when $2 is null then i.region_code like '__0000' else i.region_code = $2 end
        and i.month > (select max(n.month) from report.month as n where n.is_complete) - make_interval(months => $3)
        and ($4 is null or i.period_kind = $4)
        and i.domain_code = $5
        and i.insurer_id = $6
    order by i.period_kind, i.month
$$;
comment on function report.indicator_monthly is
'月度序列:每个月份、期间一行,按月份排列,含尚未结束的当月(is_complete 为否);来源见 report.month。参数: indicator 指标代码或标识; region_code 地区,空为全省; months 已结束的月份数; period_kind 期间,空为全部; domain_code 行业(仅全省); insurer_id 机构(仅全省)';

grant execute on function report.indicator_monthly to anze_regulator, anze_loader;
