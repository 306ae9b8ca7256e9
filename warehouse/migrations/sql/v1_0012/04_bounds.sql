-- Bounds of published figures that lack deliveries.
-- Grain: one row a provisional cell of an indicator that the method bounds, of the province or a city, of all sectors.
-- Scope: written with the publication, never rewritten. low and high are null together when no finite bound is honest;
--   unbounded_reason says why.
-- Limits: computed from what the cell itself counts, so that it tells no caller of rows that the caller may not see.
create table mart.indicator_bound (
    publication_id bigint not null references mart.publication,
    indicator text not null,
    period_kind text not null,
    region_code text not null,
    domain_code text not null,
    insurer_id text not null,
    method text not null,
    method_version integer not null,
    low numeric,
    high numeric check (high >= low),
    shown_low numeric(24, 2),
    shown_high numeric(24, 2),
    unbounded_reason text,
    missing_count integer not null,
    portfolio_completeness numeric(9, 6),
    primary key (publication_id, indicator, period_kind, region_code, domain_code, insurer_id),
    check ((low is null) = (unbounded_reason is not null) and (low is null) = (high is null))
);
call mart.protect_figures('indicator_bound');

create view report.indicator_bound as
select
    b.publication_id,
    b.indicator,
    b.period_kind,
    b.region_code,
    b.domain_code,
    b.insurer_id,
    b.method,
    b.method_version,
    b.low,
    b.high,
    b.shown_low,
    b.shown_high,
    b.unbounded_reason,
    b.missing_count,
    b.portfolio_completeness
from mart.indicator_bound as b;
comment on view report.indicator_bound is
'暂定指标的区间:有缺报且口径可给出区间的全省、各市指标格每格一行;全部数据到齐后的值在区间内(假设见 docs/bounds.md),无法诚实给出有限区间的写明原因;发布后不改写,之后被替换的版本不影响';
comment on column report.indicator_bound.publication_id is '发布编号';
comment on column report.indicator_bound.indicator is '指标';
comment on column report.indicator_bound.period_kind is '期间';
comment on column report.indicator_bound.region_code is '地区代码';
comment on column report.indicator_bound.domain_code is '行业领域,* 为全部';
comment on column report.indicator_bound.insurer_id is '机构,* 为全部';
comment on column report.indicator_bound.method is '区间方法';
comment on column report.indicator_bound.method_version is '区间方法的版本';
comment on column report.indicator_bound.low is '下限(未取整)';
comment on column report.indicator_bound.high is '上限(未取整)';
comment on column report.indicator_bound.shown_low is '下限,按指标的显示单位向下取两位小数';
comment on column report.indicator_bound.shown_high is '上限,按指标的显示单位向上取两位小数';
comment on column report.indicator_bound.unbounded_reason is
'无区间的原因: no_history 从未报送, short_history 报送历史太短, long_gap 缺报太久, no_value 本格无值, no_portfolio 该机构在本格无保单, weak_denominator 分母可能归零';
comment on column report.indicator_bound.missing_count is '本格缺报的机构数';
comment on column report.indicator_bound.portfolio_completeness is
'已报齐机构的有效保单占本格全部有效保单的比例(按最后已知)';
