-- Frozen figures, their revisions, and what a publication was computed with.
-- Grain: frozen one row a month and revision, 0 being the first figure; publication_definition one row a publication
--   and indicator; publication_feed one row a publication and expected feed.
-- Scope: with as_of, known_at, the definitions' SQL and the region table of that digest, every figure can be computed
--   again; publication_feed says what its completeness was computed from.
-- Limits: a month is frozen once; what it becomes later stands beside it, never in its place.
alter table mart.publication
    add column ruleset_version text not null default '',
    add column calendar_version text not null default '',
    add column region_digest text not null default '',
    add column last_load_no bigint,
    add column delivered_since timestamptz;
comment on column mart.publication.last_load_no is 'the last load that the figures know; null before the first';
comment on column mart.publication.delivered_since is 'from when on a delivery counted for the figures';
comment on column mart.publication.region_digest is 'digest of reference.region_resolution';

alter table mart.indicator_definition add column is_distinct boolean not null default false;

create table mart.publication_definition (
    publication_id bigint not null references mart.publication,
    indicator text not null,
    definition_version integer not null,
    digest text not null,
    primary key (publication_id, indicator),
    foreign key (indicator, definition_version, digest) references mart.indicator_definition
);

create table mart.publication_feed (
    publication_id bigint not null references mart.publication,
    insurer_id text not null,
    record_type text not null,
    is_delivered boolean not null,
    cursor_at timestamptz,
    primary key (publication_id, insurer_id, record_type)
);
comment on column mart.publication_feed.cursor_at is 'how far an interface had been read; null for files';

create table mart.frozen (
    month date not null check (month = date_trunc('month', month)),
    revision_no integer not null check (revision_no >= 0),
    publication_id bigint not null unique references mart.publication,
    frozen_at timestamptz not null,
    frozen_by text not null check (frozen_by <> ''),
    primary key (month, revision_no)
);

call mart.protect_figures('publication_definition');
call mart.protect_figures('publication_feed');
call mart.protect_figures('frozen');

create or replace view report.publication as
select
    publication_id, as_of, known_at, published_at, is_provisional, missing_insurers, missing_feeds, expected_count,
    delivered_count, ruleset_version, calendar_version, last_load_no
from mart.publication;

create view report.frozen_month as
select
    f.month, f.revision_no, f.publication_id, p.as_of, p.known_at, f.frozen_at, f.frozen_by, p.is_provisional,
    p.ruleset_version, p.calendar_version, p.last_load_no
from mart.frozen as f
inner join mart.publication as p on f.publication_id = p.publication_id;

create view report.frozen_figure as
with frozen as (
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
    coalesce(a.shown_pct || '%', cast(a.shown_value as text), '—') as first_text,
    a.is_provisional as first_is_provisional,
    b.definition_version as latest_definition_version,
    b.numerator as latest_numerator,
    b.denominator as latest_denominator,
    b.value as latest_value,
    coalesce(b.shown_pct || '%', cast(b.shown_value as text), '—') as latest_text,
    b.is_provisional as latest_is_provisional,
    (
        select count(*) > 0
        from (
            select a.numerator, a.denominator, a.value
            except
            select b.numerator, b.denominator, b.value
        ) as moved
    ) as is_revised
from first_figure as a
full join latest_figure as b using (month, indicator, period_kind, region_code, domain_code, insurer_id)
inner join frozen as s using (month)
left join report.indicator_definition as d using (indicator);

grant select on report.frozen_month, report.frozen_figure to anze_regulator;

comment on view report.frozen_month is '已固定的月份:首次发布(修订号0)和其后的修订';
comment on column report.frozen_month.month is '月份的第一天';
comment on column report.frozen_month.revision_no is '修订号,0 为首次发布的数';
comment on column report.frozen_month.frozen_by is '由谁固定';
comment on column report.frozen_month.last_load_no is '计入的最后一次入库的编号';
comment on view report.frozen_figure is '已固定月份的指标:首次发布的数、最新修订的数及修订次数,每格一行';
comment on column report.frozen_figure.month is '月份的第一天';
comment on column report.frozen_figure.revision_count is '该月份的修订次数';
comment on column report.frozen_figure.first_text is '首次发布的显示值';
comment on column report.frozen_figure.latest_text is '最新修订的显示值,未修订时与首次相同';
comment on column report.frozen_figure.is_revised is '最新修订与首次发布不同';
