-- Facts that move deadlines, valid in knowledge time, and the log of judging again.
-- Grain: judging one row a time that verdicts were judged again; extension one row an extension that a person granted,
--   extension_end one row one that was revoked; heartbeat one row an interval through which a service was up; outage
--   one row an interval through which one was not; shorter_deadline one row a shorter rule of a feed; event_field one
--   row a field that holds a milestone's event in place of the contract's.
-- Scope: judging_no is drawn from the sequence of landing.load, under locks that no load shares: replaying loads and
--   judgings in the order of their numbers gives the same verdicts, and judged_at stands between what was recorded
--   before and after. A deadline of a moment is moved by extensions with granted_at <= moment < revoked_at, by credited
--   outages with recorded_at <= moment, and shortened by rules with known_from <= moment < known_to.
-- Limits: kind begin marks where the history of verdicts begins in a database that held loads before this migration.
create table landing.judging (
    judging_no bigint primary key,
    kind text not null check (kind in ('begin', 'calendar', 'extension', 'revocation', 'outage')),
    fact_no bigint,
    judged_at timestamptz not null unique,
    judged_by text not null check (judged_by <> ''),
    check ((fact_no is null) = (kind = 'begin'))
);
comment on table landing.judging is '重新判定的记录:每次一行';
comment on column landing.judging.fact_no is '缘由的编号:日历版次、延期编号,或第一个计入的停机编号';

create table landing.extension (
    extension_no bigint primary key,
    insurer_id text not null,
    record_type text not null,
    city_code text,
    record_keys text[] check (cardinality(record_keys) > 0),
    events_from date,
    events_to date,
    extra_days integer check (extra_days > 0),
    until_on date,
    reason text not null check (reason <> ''),
    granted_by text not null check (granted_by <> ''),
    granted_at timestamptz not null,
    constraint days_or_until check (num_nonnulls(extra_days, until_on) = 1),
    constraint has_a_scope check (num_nonnulls(city_code, record_keys, events_from, events_to) > 0),
    constraint has_an_end check (until_on is not null or events_to is not null or record_keys is not null),
    check (events_from <= events_to)
);
comment on table landing.extension is '延期:经办人批准,限定机构、数据类型和范围,到期即止,可撤销';
comment on column landing.extension.record_type is '数据类型,* 为全部';
comment on column landing.extension.extra_days is '在规定期限上增加的工作日数';
comment on column landing.extension.until_on is '截止日最早延至此日';

create table landing.extension_end (
    extension_no bigint primary key references landing.extension,
    reason text not null check (reason <> ''),
    revoked_by text not null check (revoked_by <> ''),
    revoked_at timestamptz not null
);
comment on table landing.extension_end is '撤销的延期:谁、何时、为什么;既往的判定记录保留';

create view landing.extension_known as
select
    e.*,
    coalesce(x.revoked_at, 'infinity') as revoked_at
from landing.extension as e
left join landing.extension_end as x on e.extension_no = x.extension_no;

create table landing.heartbeat (
    service text not null check (service in ('portal', 'intake', 'database')),
    up_from timestamptz not null,
    up_to timestamptz not null check (up_to >= up_from),
    clock_offset interval not null,
    stopped_by text,
    primary key (service, up_from)
);
comment on table landing.heartbeat is '心跳:各服务每段连续运行一行,每分钟续写 up_to';
comment on column landing.heartbeat.clock_offset is '平台时钟的偏移,仅沙箱不为零;偏移变了的两段之间不算停机';
comment on column landing.heartbeat.stopped_by is '计划内停机由谁停的;空为未停或意外停机';

create table landing.outage (
    outage_no bigint primary key,
    service text not null,
    began_at timestamptz not null,
    ended_at timestamptz not null check (ended_at > began_at),
    is_planned boolean not null,
    is_credited boolean not null,
    longest_silence interval not null,
    basis text not null,
    recorded_at timestamptz not null,
    unique (service, began_at)
);
comment on table landing.outage is '停机:平台自身某服务的心跳中断超过限度的每段一行';
comment on column landing.outage.is_credited is '是否顺延截止日,按停机当日有效的配置';
comment on column landing.outage.longest_silence is '当时配置的中断限度;一日之内的停机超过它才顺延当日的截止日';

create table reference.shorter_deadline (
    insurer_id text not null,
    record_type text not null,
    channel text not null,
    working_days integer not null check (working_days > 0),
    valid_from date not null,
    valid_to date check (valid_to >= valid_from),
    source text not null,
    known_from timestamptz not null,
    known_to timestamptz not null default 'infinity',
    primary key (insurer_id, record_type, channel, valid_from, known_from)
);
comment on table reference.shorter_deadline is '接口等渠道的较短时限:按机构、数据类型、渠道配置,* 为全部;不短于 R32 的不起作用';
comment on column reference.shorter_deadline.valid_from is '业务事件日期自此日起适用';
comment on column reference.shorter_deadline.known_from is '平台自何时知道此配置';

create table reference.event_field (
    event_field_no bigint primary key,
    record_type text not null,
    milestone text not null,
    field text not null,
    valid_from date not null,
    valid_to date check (valid_to >= valid_from),
    source text not null,
    confidence text not null,
    known_from timestamptz not null,
    known_to timestamptz not null default 'infinity',
    unique (record_type, milestone, valid_from, known_from)
);
comment on table reference.event_field is '时限从哪个字段起算:按数据类型和时限配置,未配置的按数据契约';
comment on column reference.event_field.valid_from is '数据契约所定字段的日期自此日起适用;该字段为空时看本字段的日期';
comment on column reference.event_field.known_from is '平台自何时知道此配置';

call landing.protect_log('judging');
call landing.protect_log('extension');
call landing.protect_log('extension_end');
call landing.protect_log('outage');

grant select, insert on landing.judging, landing.extension, landing.extension_end, landing.outage to anze_loader;
grant select on landing.extension_known to anze_loader;
grant select, insert, update (up_to, stopped_by) on landing.heartbeat to anze_loader;
grant insert, update (known_to) on reference.shorter_deadline, reference.event_field to anze_loader;

-- When the hub itself was down, and when verdicts were judged again, is nobody's secret.
call access.protect_rows('landing.judging');
alter policy seen on landing.judging using ((select access.is_entitled()));
call access.protect_rows('landing.outage');
alter policy seen on landing.outage using ((select access.is_entitled()));

-- Every grant, revocation and notice is an event of the audit, whoever writes it.
create function access.audit_clock() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    fact jsonb := to_jsonb(new);
begin
    perform access.record(
        fact ->> tg_argv[1], 'write', tg_argv[0] || ' ' || (fact ->> tg_argv[2]),
        jsonb_strip_nulls(fact - 'record_keys' - tg_argv[1] - tg_argv[2]), '{}', 1,
        coalesce(cast(inet_client_addr() as text), 'local'), 'command'
    );
    return null;
end
$$;
create trigger audited after insert on landing.extension
for each row execute function access.audit_clock('extension', 'granted_by', 'extension_no');
create trigger audited after insert on landing.extension_end
for each row execute function access.audit_clock('revocation of extension', 'revoked_by', 'extension_no');
create trigger audited after insert on reference.calendar_edition
for each row when (new.imported_by <> 'release')
execute function access.audit_clock('calendar edition', 'imported_by', 'edition_no');
