-- Documented views of published figures for regulators, as people read them: by unit, with names, the period in words,
-- small samples marked.
-- Grain: as the mart tables; *_latest speak of the newest publication only; frozen_figure one row a cell of a frozen month.
-- Scope: figures and definitions, no record, no personal data. Wording only: raw numerators, denominators and values stay
--   beside it. Names are those of today's register and code lists, regions those of the period's end; a county stands with
--   its city's name before it.
-- Limits: an indicator that the release no longer has is shown without units.
create view report.publication as
select
    publication_id,
    as_of,
    known_at,
    published_at,
    is_provisional,
    missing_insurers,
    missing_feeds,
    expected_count,
    delivered_count,
    ruleset_version,
    calendar_version,
    last_load_no,
    imbalanced_feeds
from mart.publication;
comment on view report.publication is '每次发布一行:统计截止日、数据截止时刻、是否暂定、缺报机构';
comment on column report.publication.as_of is '统计截止日';
comment on column report.publication.known_at is '数据截止时刻:只计入此刻之前入库的版本';
comment on column report.publication.published_at is '发布时间';
comment on column report.publication.is_provisional is '暂定:有应报机构未送达,或有送达不平';
comment on column report.publication.missing_insurers is '有数据未送达的机构';
comment on column report.publication.missing_feeds is '未送达的数据:机构/数据类型';
comment on column report.publication.expected_count is '应报机构数';
comment on column report.publication.delivered_count is '全部送达的机构数';
comment on column report.publication.imbalanced_feeds is '不平的数据:机构/数据类型';

create view report.indicator_definition as
select distinct on (indicator)
    indicator,
    code,
    definition_version,
    name_zh,
    name_en,
    unit,
    direction,
    variant_of,
    numerator_zh,
    denominator_zh,
    population_zh,
    confidence,
    owner,
    source_document,
    valid_from,
    review_date,
    is_independently_checked
from mart.indicator_definition
order by indicator asc, definition_version desc;
comment on view report.indicator_definition is '指标口径,每个指标一行(最新版本);默认口径,可配置';
comment on column report.indicator_definition.numerator_zh is '分子口径';
comment on column report.indicator_definition.denominator_zh is '分母口径';
comment on column report.indicator_definition.population_zh is '统计范围';
comment on column report.indicator_definition.is_independently_checked is '是否有独立程序复算核对;否则未经独立核对';

create view report.indicator as
with insurer_name as materialized (
    select
        insurer_id,
        insurer_name
    from report.insurer
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
        when v.region_code like '____00' or v.region_code like '__90__' then 'city'
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
    coalesce(v.value is not null and v.denominator < f.min_denominator * u.shown_per, false) as is_small_sample,
    case
        when v.denominator < f.min_denominator * u.shown_per then null
        else v.value
    end as comparable_value,
    concat_ws(
        ',',
        case when v.value is not null and v.denominator < f.min_denominator * u.shown_per then '样本过小' end,
        case v.null_reason when 'zero_denominator' then '分母为零' when 'negative_denominator' then '分母为负' end,
        case when v.is_provisional then '暂定' end
    ) as mark_text
from mart.indicator_value as v
inner join mart.publication as p on v.publication_id = p.publication_id
left join report.indicator_definition as d on v.indicator = d.indicator
left join reference.indicator_presentation as u on v.indicator = u.indicator
left join reference.indicator_floor as f
    on v.indicator = f.indicator and v.period_end between f.valid_from and f.valid_to
left join insurer_name as i on v.insurer_id = i.insurer_id
left join reference.domain_title as t on v.domain_code = t.domain_code
left join lateral (
    select g.region_name
    from reference.region_title as g
    where g.region_code = v.region_code and g.valid_from <= v.period_end
    order by g.valid_from desc
    limit 1
) as r on true;
comment on view report.indicator is '指标值:每次发布、指标、期间、地区、行业领域、机构一行;只计入 known_at 时有效的版本,已撤销、已被替换的不计入;默认口径,可配置';
comment on column report.indicator.period_kind is '期间:as_of 时点, month 当月, ytd 本年累计, rolling12 近12个月';
comment on column report.indicator.region_code is '地区代码:省、市、县';
comment on column report.indicator.domain_code is '高危行业领域代码,* 为全部;11、12 同时计入 10';
comment on column report.indicator.insurer_id is '机构,* 为全部';
comment on column report.indicator.numerator is '分子(未取整的原值;平均整改天数为秒)';
comment on column report.indicator.denominator is '分母(未取整的原值;平均整改天数为86400乘以隐患数)';
comment on column report.indicator.value is '比值(未乘100),四舍五入到12位小数';
comment on column report.indicator.shown_value is '显示值,两位小数;百分比已乘100';
comment on column report.indicator.shown_pct is '百分比显示值,四舍五入到两位小数';
comment on column report.indicator.null_reason is '无值原因:zero_denominator 分母为零, negative_denominator 分母为负';
comment on column report.indicator.completeness is '已送达机构占应报机构的比例';
comment on column report.indicator.is_provisional is '暂定:该格有应报机构未送达,或其送达不平';
comment on column report.indicator.shown_text is '显示文字:百分比两位小数,金额元两位小数,计数无小数;无值为 —';

create view report.indicator_latest as
select i.*
from report.indicator as i
where i.publication_id = (
    select p.publication_id from mart.publication as p
    order by p.as_of desc, p.known_at desc limit 1
);
comment on view report.indicator_latest is '最近一次发布的指标值:每个指标、期间、地区、行业领域、机构一行;已撤销、已被替换的版本不计入';

create view report.indicator_exclusion as
with insurer_name as materialized (
    select
        insurer_id,
        insurer_name
    from report.insurer
)

select
    p.publication_id,
    p.as_of,
    p.known_at,
    x.indicator,
    x.period_kind,
    x.insurer_id,
    x.reason,
    x.record_count,
    x.numerator,
    x.denominator,
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
comment on view report.indicator_exclusion is '未计入指标的记录数:每次发布、指标、期间、机构、原因一行';

create view report.timeliness as
with insurer_name as materialized (
    select
        insurer_id,
        insurer_name
    from report.insurer
)

select
    p.publication_id,
    p.as_of,
    p.known_at,
    t.insurer_id,
    t.record_type,
    t.due_count,
    t.on_time_count,
    t.late_count,
    t.undetermined_count,
    t.on_time_ratio,
    core.half_up(100 * t.on_time_count, nullif(t.due_count, 0), 2) as shown_pct,
    case t.insurer_id when '*' then '全部机构' else i.insurer_name end as insurer_name,
    core.period_text('ytd', cast(date_trunc('year', p.as_of) as date), p.as_of) as period_text
from mart.timeliness as t
inner join mart.publication as p on t.publication_id = p.publication_id
left join insurer_name as i on t.insurer_id = i.insurer_id;
comment on view report.timeliness is '数据及时率:每次发布、机构、数据类型一行,本年累计内到期的记录;已撤销、已被替换的版本不在内;* 为合计';
comment on column report.timeliness.due_count is '已到期记录数';
comment on column report.timeliness.undetermined_count is '待定记录数(工作日历未公布)';

create view report.timeliness_latest as
select t.*
from report.timeliness as t
where t.publication_id = (
    select p.publication_id from mart.publication as p
    order by p.as_of desc, p.known_at desc limit 1
);
comment on view report.timeliness_latest is '最近一次发布的数据及时率:每个机构、数据类型一行;* 为合计';

create view report.publication_gap as
select
    p.publication_id,
    p.as_of,
    p.known_at,
    g.indicator,
    g.reason
from mart.publication_gap as g
inner join mart.publication as p on g.publication_id = p.publication_id;
comment on view report.publication_gap is '发布缺少的指标:其定义有误,其余指标照常发布;每次发布的每个缺少的指标一行';
comment on column report.publication_gap.indicator is '缺少的指标';
comment on column report.publication_gap.reason is '原因:定义文件、行号、问题和改法';

create view report.publication_imbalance as
select
    p.publication_id,
    p.as_of,
    p.known_at,
    i.insurer_id,
    i.record_type,
    i.batch_id,
    i.kind,
    i.declared_row_count,
    i.received_count,
    i.open_row_count,
    i.amount_field,
    i.declared_amount,
    i.loaded_amount,
    i.declared_amount - i.loaded_amount as amount_difference
from mart.publication_imbalance as i
inner join mart.publication as p on i.publication_id = p.publication_id;
comment on view report.publication_imbalance is '发布时申报与入库不平的批次:每次发布、批次一行;其机构的指标格及包含它的合计为暂定';
comment on column report.publication_imbalance.kind is
'原因: held 整批被隔离, declared 有申报而部分行仍被隔离, rejected 无法读取、未采用或申报的行未到';
comment on column report.publication_imbalance.open_row_count is '发布时仍被隔离的行数';
comment on column report.publication_imbalance.amount_field is '申报合计的金额字段';
comment on column report.publication_imbalance.loaded_amount is '首次入库时该字段的合计,元';
comment on column report.publication_imbalance.amount_difference is '申报减首次入库,元';

create view report.frozen_month as
select
    f.month,
    f.revision_no,
    f.publication_id,
    p.as_of,
    p.known_at,
    f.frozen_at,
    f.frozen_by,
    p.is_provisional,
    p.ruleset_version,
    p.calendar_version,
    p.last_load_no
from mart.frozen as f
inner join mart.publication as p on f.publication_id = p.publication_id;
comment on view report.frozen_month is '已固定的月份:每个月份、修订一行,首次发布的修订号为0';
comment on column report.frozen_month.month is '月份的第一天';
comment on column report.frozen_month.revision_no is '修订号,0 为首次发布的数';
comment on column report.frozen_month.frozen_by is '由谁固定';
comment on column report.frozen_month.last_load_no is '计入的最后一次入库的编号';

create view report.frozen_figure as
with insurer_name as materialized (
    select
        insurer_id,
        insurer_name
    from report.insurer
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
            select
                a.numerator,
                a.denominator,
                a.value
            except
            select
                b.numerator,
                b.denominator,
                b.value
        ) as moved
    ) as is_revised,
    r.region_name,
    case insurer_id when '*' then '全部机构' else i.insurer_name end as insurer_name,
    case domain_code when '*' then '全部行业领域' else t.domain_name end as domain_name,
    core.period_text(
        period_kind, coalesce(a.period_start, b.period_start), coalesce(a.period_end, b.period_end)
    ) as period_text,
    coalesce(a.value is not null and a.denominator < f.min_denominator * u.shown_per, false) as first_is_small_sample,
    coalesce(b.value is not null and b.denominator < f.min_denominator * u.shown_per, false) as latest_is_small_sample
from first_figure as a
full join latest_figure as b using (month, indicator, period_kind, region_code, domain_code, insurer_id)
inner join frozen as s using (month)
left join report.indicator_definition as d using (indicator)
left join reference.indicator_presentation as u using (indicator)
left join lateral (
    select g.min_denominator
    from reference.indicator_floor as g
    where
        g.indicator = coalesce(a.indicator, b.indicator)
        and coalesce(a.period_end, b.period_end) between g.valid_from and g.valid_to
) as f on true
left join insurer_name as i using (insurer_id)
left join reference.domain_title as t using (domain_code)
left join lateral (
    select g.region_name
    from reference.region_title as g
    where
        g.region_code = coalesce(a.region_code, b.region_code)
        and g.valid_from <= coalesce(a.period_end, b.period_end)
    order by g.valid_from desc
    limit 1
) as r on true;
comment on view report.frozen_figure is '已固定月份的指标:每格一行,首次发布的数、最新修订的数及修订次数';
comment on column report.frozen_figure.month is '月份的第一天';
comment on column report.frozen_figure.revision_count is '该月份的修订次数';
comment on column report.frozen_figure.first_text is '首次发布的显示值';
comment on column report.frozen_figure.latest_text is '最新修订的显示值,未修订时与首次相同';
comment on column report.frozen_figure.is_revised is '最新修订与首次发布不同';

-- What had been published for a day by a moment: figures of the newest publication of that day known by then.
create function report.indicator_at(as_of date, known_at timestamptz) returns setof report.indicator
language sql stable parallel safe as $$
    select i.* from report.indicator as i
    where i.publication_id = (
        select p.publication_id from report.publication as p
        where p.as_of = $1 and p.known_at <= $2
        order by p.known_at desc limit 1
    )
$$;
comment on function report.indicator_at is '某统计截止日在某时刻前最近一次发布的指标值:每格一行。参数: as_of 统计截止日; known_at 时刻';

create function report.timeliness_at(as_of date, known_at timestamptz) returns setof report.timeliness
language sql stable parallel safe as $$
    select t.* from report.timeliness as t
    where t.publication_id = (
        select p.publication_id from report.publication as p
        where p.as_of = $1 and p.known_at <= $2
        order by p.known_at desc limit 1
    )
$$;
comment on function report.timeliness_at is '某统计截止日在某时刻前最近一次发布的数据及时率:每个机构、数据类型一行。参数: as_of 统计截止日; known_at 时刻';

grant execute on function report.indicator_at, report.timeliness_at to anze_regulator, anze_loader;
