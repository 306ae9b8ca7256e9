-- Alerts: what the clock finds, one issue a cause, and what became of each.
-- Grain: run one row a moment at which the clock looked; checked one row a run and kind; issue one row a cause; record
--   one row a record of an issue and stretch of time in which it was found; event one row a step of an issue's life.
-- Scope: written by the clock and, for acknowledging and snoozing, for a person. An event is never changed; of a record
--   only the moment at which it left is added, once, and what its message names is that of the last look.
-- Limits: an issue's state is not stored: it follows from its records and events (report.alert).
create schema alert;
comment on schema alert is '预警:时钟发现的问题、其记录、经过和待发消息';
grant usage on schema alert to anze_loader;

create table reference.alert_kind (
    kind text primary key,
    title_zh text not null,
    title_en text not null,
    level text not null check (level in ('critical', 'warning', 'notice')),
    level_zh text not null,
    message_zh text not null,
    record_zh text not null,
    remedy_zh text not null,
    basis text not null,
    label text not null,
    owner_kind text not null check (owner_kind in ('insurer', 'city', 'province')),
    link text not null,
    thresholds jsonb not null default '{}'
);
comment on table reference.alert_kind is '预警种类:每种一行,由 warehouse/alerts/definitions 中的定义填写';
comment on column reference.alert_kind.message_zh is '预警的一句话,{count} 等处填入数';
comment on column reference.alert_kind.record_zh is '每条记录的一句话,花括号处填入该记录的值';
comment on column reference.alert_kind.thresholds is '最近一次所用的阈值,已写成文字';
grant insert, update on reference.alert_kind to anze_loader;

create table alert.run (
    run_no bigint generated always as identity primary key,
    as_of date not null,
    known_at timestamptz not null,
    finding_count bigint not null,
    unique (as_of, known_at)
);
comment on table alert.run is '时钟的每次运行:业务日和数据截止时刻;同一时刻只有一次';

create table alert.checked (
    run_no bigint not null references alert.run,
    kind text not null,
    problem text,
    finding_count bigint not null,
    primary key (run_no, kind)
);
comment on table alert.checked is '每次运行查了哪些预警;problem 不为空的没有查成,其预警保持原状';

create table alert.issue (
    alert_no text primary key check (alert_no ~ '^A[0-9]{2}[a-z]?-[0-9]{8}-[0-9]{4,}$'),
    kind text not null references reference.alert_kind,
    scope text not null check (scope in ('insurer', 'city', 'province')),
    insurer_id text,
    region_code text,
    opened_at timestamptz not null,
    check ((insurer_id is not null) = (scope = 'insurer')),
    check ((region_code is not null) = (scope = 'city')),
    unique nulls not distinct (kind, scope, insurer_id, region_code)
);
comment on table alert.issue is '预警:每个原因一条(种类与机构,或种类与市;多家机构同时出现时为全省一条)';

create table alert.record (
    alert_no text not null references alert.issue,
    insurer_id text,
    region_code text,
    domain_code text,
    record_type text not null,
    record_key text not null,
    deadline_on date,
    named jsonb not null,
    entered_at timestamptz not null,
    left_at timestamptz check (left_at > entered_at)
);
comment on table alert.record is '预警的记录:每条记录每次在列的时段一行;left_at 为空的仍在列';
comment on column alert.record.named is '消息中写明的值;不含个人信息';
create unique index record_open on alert.record (alert_no, insurer_id, record_type, record_key) nulls not distinct
where left_at is null;
create index record_of on alert.record (alert_no, left_at);

create table alert.event (
    event_id bigint generated always as identity primary key,
    alert_no text not null references alert.issue,
    insurer_id text,
    event text not null check (
        event in (
            'opened', 'updated', 'closed', 'reopened', 'acknowledged', 'snoozed', 'woken', 'reminded', 'escalated'
        )
    ),
    at timestamptz not null,
    person text check (length(btrim(person)) between 2 and 60),
    comment text check (length(btrim(comment)) between 2 and 500),
    until_at timestamptz check (until_at > at),
    on_date date,
    to_role text check (to_role in ('insurer', 'city', 'province')),
    entered_count bigint,
    left_count bigint,
    constraint by_a_person check (
        (event in ('acknowledged', 'snoozed')) = (person is not null and comment is not null)
    ),
    constraint snoozed_until check ((event = 'snoozed') = (until_at is not null))
);
comment on table alert.event is '预警的经过:每一步一行,不改不删;insurer_id 不为空的只关系到该机构的那一部分';
create index event_of on alert.event (alert_no, event_id);

grant select, insert on alert.run, alert.checked, alert.issue, alert.record, alert.event to anze_loader;
grant update (left_at, named, deadline_on) on alert.record to anze_loader;

create trigger run_kept before update or delete or truncate on alert.run
for each statement execute function access.refuse_rewriting();
create trigger checked_kept before update or delete or truncate on alert.checked
for each statement execute function access.refuse_rewriting();
create trigger issue_kept before update or delete or truncate on alert.issue
for each statement execute function access.refuse_rewriting();
create trigger event_kept before update or delete or truncate on alert.event
for each statement execute function access.refuse_rewriting();
create trigger record_kept before delete or truncate on alert.record
for each statement execute function access.refuse_rewriting();
create trigger record_left before update on alert.record
for each row when (old.left_at is not null) execute function access.refuse_rewriting();
