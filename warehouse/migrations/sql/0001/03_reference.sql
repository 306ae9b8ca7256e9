-- Reference tables, filled from files of the packages that own them.
-- Grain: calendar_day one row a day of a calendar version; region one row a validity of a code; region_resolution
--   one row a validity of a code, with the county, city and province that figures count it under;
--   code_entry one row a code of an edition of a list; rule one row a rule of the catalogue.
-- working_day_no counts the working days up to and including the day, so that the n-th working day after any
--   day e is the working day whose number is e's plus n.
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
    fields text [] not null default '{}',
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

grant insert, update, delete on all tables in schema reference to anze_loader;
grant select on all tables in schema reference to anze_loader;
