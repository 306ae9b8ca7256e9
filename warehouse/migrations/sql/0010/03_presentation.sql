-- Figures as people read them: by unit, with names, the period in words, and small samples marked.
-- Grain: reference.indicator_presentation one row an indicator, filled from its definition; the views as they were,
--   with columns added behind.
-- Scope: wording only; raw numerators, denominators and values stay beside it. Names are those of today's register
--   and code lists, regions those of the period's end; a county stands with its city's name before it.
-- Limits: an indicator that the release no longer has is shown without units.
create table reference.indicator_presentation (
    indicator text primary key,
    value_unit text,
    value_decimals integer not null,
    numerator_unit text not null,
    numerator_decimals integer not null,
    denominator_unit text,
    denominator_decimals integer,
    shown_per numeric not null check (shown_per > 0),
    min_denominator numeric,
    min_denominator_source text,
    check ((min_denominator is null) = (min_denominator_source is null))
);
comment on table reference.indicator_presentation is '指标的单位、小数位和最小分母,默认口径,可配置';
comment on column reference.indicator_presentation.shown_per is '显示时分子、分母各除以此数(秒换算为天:86400)';
comment on column reference.indicator_presentation.min_denominator is '分母(按显示单位)低于此数的格标为样本过小';
grant insert, update, delete on reference.indicator_presentation to anze_loader;

create view reference.region_title as
select
    g.region_code,
    g.valid_from,
    case
        when g.level = 'county'
            then coalesce(
                (
                    select c.region_name from reference.region as c
                    where c.region_code = g.parent_code
                    order by c.valid_from desc
                    limit 1
                ),
                ''
            )
        else ''
    end || g.region_name as region_name
from reference.region as g;
comment on view reference.region_title is '地区全名:县级前加所在市名,同名的区县由此区分';

create view reference.domain_title as
select distinct on (e.code)
    e.code as domain_code,
    e.name_zh as domain_name
from reference.code_entry as e
where e.list_code = 'CL-DOMAIN'
order by e.code asc, e.valid_from desc nulls last;

-- Stable, not immutable: to_char is, and only so the two are opened up into the queries that use them.
create function core.shown_number(number numeric, decimals integer, unit text) returns text
language sql stable parallel safe as $$
    select to_char(
        round($1, $2),
        'FM999,999,999,999,999,999,999,999,990' || case when $2 > 0 then '.' || repeat('0', $2) else '' end
    ) || coalesce(' ' || $3, '')
$$;
comment on function core.shown_number is '按单位显示的数:千分位、固定小数位(四舍五入)、单位';

create function core.period_text(period_kind text, period_start date, period_end date) returns text
language sql stable parallel safe as $$
    select
        case $1
            when 'as_of' then '截至 '
            else case $1 when 'month' then '当月 ' when 'ytd' then '本年累计 ' when 'rolling12' then '近12个月 ' else $1 || ' ' end
                || to_char($2, 'YYYY-MM-DD') || ' 至 '
        end || to_char($3, 'YYYY-MM-DD')
$$;
comment on function core.period_text is '期间的文字:截至某日、当月、本年累计、近12个月';
grant execute on function core.shown_number, core.period_text to anze_regulator;

create or replace view report.indicator as
with insurer_name as materialized (
    select insurer_id, insurer_name from report.insurer
)

select
    p.publication_id,
    p.as_of,
    p.known_at,
    v.indicator,
    d.code as indicator_code,
    d.name_zh as indicator_name,
    v.definition_version,
    v.period_kind,
    v.period_start,
    v.period_end,
    v.region_code,
    r.region_name,
    case
        when v.region_code like '__0000' then 'province'
        when v.region_code like '____00' then 'city'
        else 'county'
    end as region_level,
    v.domain_code,
    v.insurer_id,
    v.numerator,
    v.denominator,
    v.value,
    d.unit,
    v.shown_value,
    v.shown_pct,
    coalesce(
        v.shown_pct || '%',
        core.shown_number(v.shown_value, u.value_decimals, u.value_unit),
        cast(v.shown_value as text),
        '—'
    ) as shown_text,
    v.null_reason,
    v.completeness,
    v.is_provisional,
    case v.insurer_id when '*' then '全部机构' else i.insurer_name end as insurer_name,
    case v.domain_code when '*' then '全部行业领域' else t.domain_name end as domain_name,
    core.period_text(v.period_kind, v.period_start, v.period_end) as period_text,
    coalesce(
        core.shown_number(
            core.half_up(v.numerator, u.shown_per, u.numerator_decimals), u.numerator_decimals, u.numerator_unit
        ),
        cast(trim_scale(v.numerator) as text)
    ) as numerator_text,
    coalesce(
        core.shown_number(
            core.half_up(v.denominator, u.shown_per, u.denominator_decimals), u.denominator_decimals, u.denominator_unit
        ),
        cast(trim_scale(v.denominator) as text)
    ) as denominator_text,
    coalesce(v.value is not null and v.denominator < u.min_denominator * u.shown_per, false) as is_small_sample,
    case
        when v.denominator < u.min_denominator * u.shown_per then null
        else v.value
    end as comparable_value,
    concat_ws(
        ',',
        case when v.value is not null and v.denominator < u.min_denominator * u.shown_per then '样本过小' end,
        case v.null_reason when 'zero_denominator' then '分母为零' when 'negative_denominator' then '分母为负' end,
        case when v.is_provisional then '暂定' end
    ) as mark_text
from mart.indicator_value as v
inner join mart.publication as p on v.publication_id = p.publication_id
left join report.indicator_definition as d on v.indicator = d.indicator
left join reference.indicator_presentation as u on v.indicator = u.indicator
left join insurer_name as i on v.insurer_id = i.insurer_id
left join reference.domain_title as t on v.domain_code = t.domain_code
left join lateral (
    select g.region_name
    from reference.region_title as g
    where g.region_code = v.region_code and g.valid_from <= v.period_end
    order by g.valid_from desc
    limit 1
) as r on true;

create or replace view report.indicator_latest as
select i.*
from report.indicator as i
where i.publication_id = (
    select p.publication_id from mart.publication as p order by p.as_of desc, p.known_at desc limit 1
);

create or replace view report.indicator_exclusion as
with insurer_name as materialized (
    select insurer_id, insurer_name from report.insurer
)

select
    p.publication_id, p.as_of, p.known_at, x.indicator, x.period_kind, x.insurer_id, x.reason, x.record_count,
    x.numerator, x.denominator,
    case x.insurer_id when '*' then '名录(不分机构)' else i.insurer_name end as insurer_name,
    coalesce(
        core.shown_number(
            core.half_up(x.numerator, u.shown_per, u.numerator_decimals), u.numerator_decimals, u.numerator_unit
        ),
        cast(trim_scale(x.numerator) as text)
    ) as numerator_text,
    coalesce(
        core.shown_number(
            core.half_up(x.denominator, u.shown_per, u.denominator_decimals), u.denominator_decimals, u.denominator_unit
        ),
        cast(trim_scale(x.denominator) as text)
    ) as denominator_text
from mart.indicator_exclusion as x
inner join mart.publication as p on x.publication_id = p.publication_id
left join reference.indicator_presentation as u on x.indicator = u.indicator
left join insurer_name as i on x.insurer_id = i.insurer_id;

create or replace view report.timeliness as
with insurer_name as materialized (
    select insurer_id, insurer_name from report.insurer
)

select
    p.publication_id, p.as_of, p.known_at, t.insurer_id, t.record_type, t.due_count, t.on_time_count, t.late_count,
    t.undetermined_count, t.on_time_ratio, core.half_up(100 * t.on_time_count, nullif(t.due_count, 0), 2) as shown_pct,
    case t.insurer_id when '*' then '全部机构' else i.insurer_name end as insurer_name,
    core.period_text('ytd', cast(date_trunc('year', p.as_of) as date), p.as_of) as period_text
from mart.timeliness as t
inner join mart.publication as p on t.publication_id = p.publication_id
left join insurer_name as i on t.insurer_id = i.insurer_id;

create or replace view report.timeliness_latest as
select t.*
from report.timeliness as t
where t.publication_id = (
    select p.publication_id from mart.publication as p order by p.as_of desc, p.known_at desc limit 1
);

create or replace view report.frozen_figure as
with insurer_name as materialized (
    select insurer_id, insurer_name from report.insurer
),

frozen as (
    select
        f.month,
        max(f.revision_no) as revision_count,
        min(f.publication_id) filter (where f.revision_no = 0) as first_id,
        (array_agg(f.publication_id order by f.revision_no desc))[1] as latest_id
    from mart.frozen as f
    group by f.month
),

first_figure as (
    select
        s.month,
        v.*
    from frozen as s
    inner join mart.indicator_value as v on s.first_id = v.publication_id
),

latest_figure as (
    select
        s.month,
        v.*
    from frozen as s
    inner join mart.indicator_value as v on s.latest_id = v.publication_id
)

select
    month,
    indicator,
    d.code as indicator_code,
    d.name_zh as indicator_name,
    d.unit,
    period_kind,
    region_code,
    domain_code,
    insurer_id,
    s.revision_count,
    a.definition_version as first_definition_version,
    a.numerator as first_numerator,
    a.denominator as first_denominator,
    a.value as first_value,
    coalesce(
        a.shown_pct || '%',
        core.shown_number(a.shown_value, u.value_decimals, u.value_unit),
        cast(a.shown_value as text),
        '—'
    ) as first_text,
    a.is_provisional as first_is_provisional,
    b.definition_version as latest_definition_version,
    b.numerator as latest_numerator,
    b.denominator as latest_denominator,
    b.value as latest_value,
    coalesce(
        b.shown_pct || '%',
        core.shown_number(b.shown_value, u.value_decimals, u.value_unit),
        cast(b.shown_value as text),
        '—'
    ) as latest_text,
    b.is_provisional as latest_is_provisional,
    (
        select count(*) > 0
        from (
            select a.numerator, a.denominator, a.value
            except
            select b.numerator, b.denominator, b.value
        ) as moved
    ) as is_revised,
    r.region_name,
    case insurer_id when '*' then '全部机构' else i.insurer_name end as insurer_name,
    case domain_code when '*' then '全部行业领域' else t.domain_name end as domain_name,
    core.period_text(
        period_kind, coalesce(a.period_start, b.period_start), coalesce(a.period_end, b.period_end)
    ) as period_text,
    coalesce(a.value is not null and a.denominator < u.min_denominator * u.shown_per, false) as first_is_small_sample,
    coalesce(b.value is not null and b.denominator < u.min_denominator * u.shown_per, false) as latest_is_small_sample
from first_figure as a
full join latest_figure as b using (month, indicator, period_kind, region_code, domain_code, insurer_id)
inner join frozen as s using (month)
left join report.indicator_definition as d using (indicator)
left join reference.indicator_presentation as u using (indicator)
left join insurer_name as i using (insurer_id)
left join reference.domain_title as t using (domain_code)
left join lateral (
    select g.region_name
    from reference.region_title as g
    where g.region_code = coalesce(a.region_code, b.region_code)
        and g.valid_from <= coalesce(a.period_end, b.period_end)
    order by g.valid_from desc
    limit 1
) as r on true;

comment on view report.indicator is
'指标值:每次发布、指标、期间、地区、行业领域、机构一行;默认口径,可配置。样本过小的格不与其他格比较或排序,排序用 comparable_value';
comment on column report.indicator.numerator is '分子(未取整的原值;平均整改天数为秒)';
comment on column report.indicator.denominator is '分母(未取整的原值;平均整改天数为86400乘以隐患数)';
comment on column report.indicator.shown_text is '显示文字:百分比两位小数,金额元两位小数,计数无小数;无值为 —';
