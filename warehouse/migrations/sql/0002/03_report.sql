-- Documented views of published figures for regulators.
-- Grain: as the mart tables, with names beside the codes; *_latest speak of the newest publication only.
-- Scope: figures and definitions; no record, no personal data.
create view report.publication as
select
    publication_id, as_of, known_at, published_at, is_provisional, missing_insurers, missing_feeds, expected_count,
    delivered_count
from mart.publication;

create view report.indicator_definition as
select distinct on (indicator)
    indicator, code, definition_version, name_zh, name_en, unit, direction, variant_of, numerator_zh, denominator_zh,
    population_zh, confidence, owner, source_document, valid_from, review_date
from mart.indicator_definition
order by indicator asc, definition_version desc;

create view report.indicator as
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
    coalesce(v.shown_pct || '%', cast(v.shown_value as text), '—') as shown_text,
    v.null_reason,
    v.completeness,
    v.is_provisional
from mart.indicator_value as v
inner join mart.publication as p on v.publication_id = p.publication_id
left join report.indicator_definition as d on v.indicator = d.indicator
left join lateral (
    select g.region_name
    from reference.region as g
    where g.region_code = v.region_code and g.valid_from <= v.period_end
    order by g.valid_from desc
    limit 1
) as r on true;

create view report.indicator_latest as
select i.*
from report.indicator as i
where i.publication_id = (
    select p.publication_id from mart.publication as p order by p.as_of desc, p.known_at desc limit 1
);

create view report.indicator_exclusion as
select
    p.publication_id, p.as_of, p.known_at, x.indicator, x.period_kind, x.insurer_id, x.reason, x.record_count,
    x.numerator, x.denominator
from mart.indicator_exclusion as x
inner join mart.publication as p on x.publication_id = p.publication_id;

create view report.timeliness as
select
    p.publication_id, p.as_of, p.known_at, t.insurer_id, t.record_type, t.due_count, t.on_time_count, t.late_count,
    t.undetermined_count, t.on_time_ratio, core.half_up(100 * t.on_time_count, nullif(t.due_count, 0), 2) as shown_pct
from mart.timeliness as t
inner join mart.publication as p on t.publication_id = p.publication_id;

create view report.timeliness_latest as
select t.*
from report.timeliness as t
where t.publication_id = (
    select p.publication_id from mart.publication as p order by p.as_of desc, p.known_at desc limit 1
);

grant select on report.publication, report.indicator_definition, report.indicator, report.indicator_latest,
report.indicator_exclusion, report.timeliness, report.timeliness_latest to anze_regulator;
grant execute on function core.half_up to anze_regulator;

comment on view report.publication is '每次发布:统计截止日、数据截止时刻、是否暂定、缺报机构';
comment on column report.publication.as_of is '统计截止日';
comment on column report.publication.known_at is '数据截止时刻:只计入此刻之前入库的版本';
comment on column report.publication.published_at is '发布时间';
comment on column report.publication.is_provisional is '暂定:有应报机构未送达';
comment on column report.publication.missing_insurers is '有数据未送达的机构';
comment on column report.publication.missing_feeds is '未送达的数据:机构/数据类型';
comment on column report.publication.expected_count is '应报机构数';
comment on column report.publication.delivered_count is '全部送达的机构数';
comment on view report.indicator_definition is '指标口径(最新版本);默认口径,可配置';
comment on column report.indicator_definition.numerator_zh is '分子口径';
comment on column report.indicator_definition.denominator_zh is '分母口径';
comment on column report.indicator_definition.population_zh is '统计范围';
comment on view report.indicator is '指标值:每次发布、指标、期间、地区、行业领域、机构一行;默认口径,可配置';
comment on column report.indicator.period_kind is '期间:as_of 时点, month 当月, ytd 本年累计, rolling12 近12个月';
comment on column report.indicator.region_code is '地区代码:省、市、县';
comment on column report.indicator.domain_code is '高危行业领域代码,* 为全部;11、12 同时计入 10';
comment on column report.indicator.insurer_id is '机构,* 为全部';
comment on column report.indicator.numerator is '分子';
comment on column report.indicator.denominator is '分母';
comment on column report.indicator.value is '比值(未乘100),四舍五入到12位小数';
comment on column report.indicator.shown_value is '显示值,两位小数;百分比已乘100';
comment on column report.indicator.shown_pct is '百分比显示值,四舍五入到两位小数';
comment on column report.indicator.null_reason is '无值原因:zero_denominator 分母为零, negative_denominator 分母为负';
comment on column report.indicator.completeness is '已送达机构占应报机构的比例';
comment on column report.indicator.is_provisional is '暂定:该格有应报机构未送达';
comment on view report.indicator_latest is '最近一次发布的指标值';
comment on view report.indicator_exclusion is '未计入指标的记录数及原因';
comment on view report.timeliness is '数据及时率:本年累计内到期的记录,按机构和数据类型;* 为合计';
comment on column report.timeliness.due_count is '已到期记录数';
comment on column report.timeliness.undetermined_count is '待定记录数(工作日历未公布)';
comment on view report.timeliness_latest is '最近一次发布的数据及时率';
