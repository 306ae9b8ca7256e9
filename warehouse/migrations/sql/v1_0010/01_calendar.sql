-- Editions of the working-day calendar, valid in knowledge time.
-- Grain: calendar_notice one row a notice (a year and revision), calendar_span one row a span of days that it names;
--   calendar_edition one row a time that a notice changed what the calendar says: of every year the last revision
--   counts. The days of an edition are those of its calendar_version in reference.calendar_day.
-- Scope: an edition is in force from known_from until the next one's. What judges, and what explains a verdict of any
--   moment, is the edition in force then. Appended only: a change of a year is the next revision.
-- Limits: a day outside first_day to last_day is never guessed. Rows of calendar_day that no edition names are those
--   of loads before there were editions.
create table reference.calendar_notice (
    year smallint not null,
    revision smallint not null check (revision > 0),
    announced text not null,
    source text not null,
    confidence text not null,
    imported_by text not null check (imported_by <> ''),
    imported_at timestamptz not null,
    primary key (year, revision)
);
comment on table reference.calendar_notice is '放假安排通知:每年每次修订一行';
comment on column reference.calendar_notice.announced is '发布日期,只知年月的写年月,不详的为空';
comment on column reference.calendar_notice.imported_by is '谁导入;release 为随版本';

create table reference.calendar_span (
    year smallint not null,
    revision smallint not null,
    span_no smallint not null,
    holiday text not null,
    kind text not null check (kind in ('off', 'work')),
    first_day date not null,
    last_day date not null check (last_day >= first_day),
    primary key (year, revision, span_no),
    foreign key (year, revision) references reference.calendar_notice
);
comment on table reference.calendar_span is '通知中的每段日期:off 放假,work 调休上班;首尾两日均在内';

create table reference.calendar_edition (
    edition_no bigint primary key,
    calendar_version text not null,
    first_day date not null,
    last_day date not null,
    known_from timestamptz not null unique,
    imported_by text not null check (imported_by <> ''),
    source text not null
);
comment on table reference.calendar_edition is '工作日历的版次:每次导入通知一行,自 known_from 起有效,直至下一版次';
comment on column reference.calendar_edition.last_day is '已公布的最后一日;之后的截止日一律待定,不作推测';
comment on column reference.calendar_edition.source is '带来此版次的通知';

create function reference.refuse_rewriting() returns trigger language plpgsql as $$
begin
    raise exception 'what the calendar said is never rewritten' using errcode = '23001';
end
$$;

do $$
declare
    kept text;
begin
    foreach kept in array array['calendar_notice', 'calendar_span', 'calendar_edition'] loop
        execute format('create trigger kept before update or delete or truncate on reference.%I
            for each statement execute function reference.refuse_rewriting()', kept);
    end loop;
end
$$;

create function reference.calendar_in_force(known_at timestamptz) returns setof reference.calendar_edition
language sql stable parallel safe rows 1 as $$
    select e.* from reference.calendar_edition as e
    where e.known_from <= $1
    order by e.known_from desc
    limit 1
$$;
comment on function reference.calendar_in_force is '某时刻有效的日历版次';

create function reference.add_working_days(from_day date, working_days integer) returns date
language sql stable parallel safe security definer set search_path = pg_catalog, pg_temp as $$
    select due.day
    from reference.calendar_in_force('infinity') as e
    inner join reference.calendar_day as day_0 on e.calendar_version = day_0.calendar_version and day_0.day = $1
    inner join reference.calendar_day as due
        on e.calendar_version = due.calendar_version and due.is_working_day
            and due.working_day_no = day_0.working_day_no + $2
    where $2 > 0
$$;
comment on function reference.add_working_days is
'按现行日历,某日之后第几个工作日(该日不计);超出已公布的日历为空,不作推测。参数: from_day 起算日; working_days 工作日数,至少 1';

create function reference.working_days_between(from_day date, to_day date) returns integer
language sql stable parallel safe security definer set search_path = pg_catalog, pg_temp as $$
    select until.working_day_no - since.working_day_no
    from reference.calendar_in_force('infinity') as e
    inner join reference.calendar_day as since on e.calendar_version = since.calendar_version and since.day = $1
    inner join reference.calendar_day as until on e.calendar_version = until.calendar_version and until.day = $2
$$;
comment on function reference.working_days_between is
'按现行日历,前一日之后(不含)至后一日(含)的工作日数,后一日较早时为负;任一日超出已公布的日历为空。参数: from_day; to_day';

grant insert on reference.calendar_notice, reference.calendar_span, reference.calendar_edition to anze_loader;
grant execute on function reference.calendar_in_force to anze_loader;
grant execute on function reference.add_working_days, reference.working_days_between to anze_loader;
