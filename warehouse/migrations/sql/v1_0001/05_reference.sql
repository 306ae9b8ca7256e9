-- Reference tables, filled from files of the packages that own them.
-- Grain: calendar_day one row a day of a calendar version; region one row a validity of a code; region_resolution
--   one row a validity of a code, with the county, city and province that figures count it under;
--   code_entry one row a code of an edition of a list; rule one row a rule of the catalogue; indicator_presentation one
--   row an indicator, filled from its definition; indicator_floor one row a validity of an indicator's floor.
-- Scope: working_day_no counts the working days up to and including the day, so that the n-th working day after any
--   day e is the working day whose number is e's plus n.
-- Limits: an indicator that the release no longer has is shown without units.
create table reference.calendar_day (
    day date not null,
    is_working_day boolean not null,
    working_day_no integer not null,
    note text not null default '',
    calendar_version text not null,
    primary key (calendar_version, day)
);

create unique index calendar_day_working on reference.calendar_day (calendar_version, working_day_no)
include (day) where is_working_day;

create table reference.region (
    region_code text not null,
    region_name text not null,
    level text not null,
    parent_code text,
    valid_from date not null,
    valid_to date,
    primary key (region_code, valid_from)
);

create table reference.region_resolution (
    region_code text not null,
    valid_from date not null,
    valid_to date,
    county_code text,
    city_code text,
    province_code text,
    note_code text,
    primary key (region_code, valid_from)
);

create table reference.code_entry (
    list_code text not null,
    edition text not null default '',
    code text not null,
    name_zh text not null,
    name_en text not null default '',
    valid_from date,
    valid_to date,
    unique nulls not distinct (list_code, edition, code, valid_from)
);

create table reference.rule (
    rule_id text primary key,
    record_type text not null,
    tier text not null,
    severity text not null check (severity in ('error', 'warning')),
    fields text[] not null default '{}',
    title_zh text not null,
    title_en text not null default '',
    message_zh text not null default '',
    message_en text not null default '',
    remedy_zh text not null default '',
    remedy_en text not null default '',
    basis text not null default '',
    confidence text not null default 'assumption',
    version integer not null default 1,
    valid_from date,
    valid_to date,
    parent text
);

create table reference.indicator_presentation (
    indicator text primary key,
    value_unit text,
    value_decimals integer not null,
    numerator_unit text not null,
    numerator_decimals integer not null,
    denominator_unit text,
    denominator_decimals integer,
    shown_per numeric not null check (shown_per > 0)
);
comment on table reference.indicator_presentation is '指标的单位和小数位';
comment on column reference.indicator_presentation.shown_per is '显示时分子、分母各除以此数(秒换算为天:86400)';

create table reference.indicator_floor (
    indicator text not null,
    valid_from date not null,
    valid_to date not null check (valid_to >= valid_from),
    min_denominator numeric not null,
    source text not null,
    primary key (indicator, valid_from)
);
comment on table reference.indicator_floor is '指标的最小分母:期间最后一日在起止日内(含两端)的格适用,默认口径,可配置';
comment on column reference.indicator_floor.min_denominator is '分母(按显示单位)低于此数的格标为样本过小';

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

grant insert, update, delete on
reference.calendar_day, reference.region, reference.region_resolution, reference.code_entry, reference.rule,
reference.indicator_presentation, reference.indicator_floor
to anze_loader;
