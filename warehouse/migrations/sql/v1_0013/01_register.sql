-- Who must send what: the register of expected deliveries, pauses, and who is silent.
-- Grain: see each table. Scope: the register is what the insurers' definitions say, kept whenever the hub looks at its
--   definitions: a row is superseded by the next one, never changed. A feed that no definition has any more has no row
--   that is not superseded.
-- Limits: a paused feed is still expected, and lacks in a publication as any other: a pause ends reminders only.

create table landing.expected_delivery (
    expected_id bigint generated always as identity primary key,
    insurer_id text not null,
    record_type text not null,
    channel text check (channel in ('api', 'drop')),
    schedule text not null,
    working_days integer check (working_days > 0),
    valid_from date,
    valid_to date check (valid_to >= valid_from),
    source text not null check (source <> ''),
    recorded_at timestamptz not null,
    superseded_at timestamptz check (superseded_at >= recorded_at)
);
comment on table landing.expected_delivery is '应报登记:每家机构、每种数据、每次登记一行';
comment on column landing.expected_delivery.channel is 'api, drop; null: the definition cannot be read and never was';
comment on column landing.expected_delivery.working_days is 'agreed with this insurer; null: what holds for its channel';
create unique index expected_delivery_current on landing.expected_delivery (insurer_id, record_type)
where superseded_at is null;

create table landing.delivery_pause (
    pause_id bigint generated always as identity primary key,
    insurer_id text not null,
    record_type text not null default '*',
    paused_until date not null,
    reason text not null check (length(btrim(reason)) between 2 and 500),
    paused_by text not null check (btrim(paused_by) <> ''),
    paused_at timestamptz not null,
    resumed_by text check (btrim(resumed_by) <> ''),
    resumed_at timestamptz check (resumed_at >= paused_at),
    constraint paused_some_time check (paused_until >= cast(paused_at at time zone 'Asia/Shanghai' as date)),
    constraint resumed_by_somebody check ((resumed_by is null) = (resumed_at is null))
);
comment on table landing.delivery_pause is '暂停:机构或其一种数据暂不计静默,每次一行;* 为全部数据';
create index delivery_pause_of on landing.delivery_pause (insurer_id, record_type);

create trigger expected_kept before update of
expected_id, insurer_id, record_type, channel, schedule, working_days, valid_from, valid_to, source, recorded_at
on landing.expected_delivery for each row execute function core.refuse_rewriting();
create trigger expected_superseded before update of superseded_at on landing.expected_delivery
for each row when (old.superseded_at is not null or new.superseded_at is null)
execute function core.refuse_rewriting();
create trigger expected_removed before delete or truncate on landing.expected_delivery
for each statement execute function core.refuse_rewriting();
create trigger pause_kept before update of
pause_id, insurer_id, record_type, paused_until, reason, paused_by, paused_at
on landing.delivery_pause for each row execute function core.refuse_rewriting();
create trigger pause_resumed before update of resumed_at, resumed_by on landing.delivery_pause
for each row when (old.resumed_at is not null or new.resumed_at is null)
execute function core.refuse_rewriting();
create trigger pause_removed before delete or truncate on landing.delivery_pause
for each statement execute function core.refuse_rewriting();

create table reference.silence_allowance (
    channel text not null,
    working_days integer not null check (working_days > 0),
    valid_from date not null,
    valid_to date check (valid_to >= valid_from),
    source text not null,
    primary key (channel, valid_from)
);
comment on table reference.silence_allowance is '静默容许:每种报送渠道、每段有效期一行,若干工作日内无报送不算静默;默认口径,可配置';

grant select, insert on landing.expected_delivery, landing.delivery_pause to anze_loader;
grant update (superseded_at) on landing.expected_delivery to anze_loader;
grant update (resumed_at, resumed_by) on landing.delivery_pause to anze_loader;
grant insert, update, delete on reference.silence_allowance to anze_loader;

-- By interface an empty fetch, repeated bytes or only known rows are a delivery; by file only one without rows (a nil
-- return, also with the bytes of an earlier one) or one that brings something new.
create function landing.delivered(known_at timestamptz)
returns table (insurer_id text, record_type text, received_at timestamptz, is_nil_return boolean)
language sql stable parallel safe as $$
    select b.insurer_id, b.record_type, b.received_at, coalesce(o.received_count, b.received_count) = 0
    from landing.batch as b
    left join landing.batch as o on b.duplicate_of = o.batch_id
    where
        b.received_at <= $1
        and coalesce(o.loaded_at, b.loaded_at) <= $1
        and coalesce(o.state, b.state) in ('loaded', 'partly_loaded')
        and (
            coalesce(o.received_count, b.received_count) = 0
            or case
                when b.channel = 'api'
                    then
                        coalesce(o.quarantined_count, b.quarantined_count)
                        < coalesce(o.received_count, b.received_count)
                else b.accepted_count + b.superseded_count > 0
            end
        )
$$;
comment on function landing.delivered is '某时刻已算作报送的各批次, deliveries that count, as known at a moment';
grant execute on function landing.delivered to anze_loader;
-- Pauses are told to the audit.
grant execute on function access.record to anze_loader;

create view report.expected_delivery as
select
    e.insurer_id,
    e.record_type,
    e.channel,
    e.schedule,
    e.working_days,
    e.valid_from,
    e.valid_to,
    e.source,
    e.recorded_at
from landing.expected_delivery as e
where e.superseded_at is null;
comment on view report.expected_delivery is '应报登记:每家机构、每种数据一行,为机构定义现在所说;已被替换的登记不在内';
comment on column report.expected_delivery.channel is '渠道:api 接口, drop 手工文件;空为定义有误';
comment on column report.expected_delivery.schedule is '频次:cron 表达式,北京时间';
comment on column report.expected_delivery.working_days is '与该机构约定的静默容许工作日;空为按渠道';
comment on column report.expected_delivery.valid_from is '应报起始日;空为自登记起';
comment on column report.expected_delivery.valid_to is '应报截止日;空为仍有效';
comment on column report.expected_delivery.source is '依据';
comment on column report.expected_delivery.recorded_at is '登记时间';

create view report.delivery_pause as
select
    p.pause_id,
    p.insurer_id,
    p.record_type,
    p.paused_until,
    p.reason,
    p.paused_by,
    p.paused_at,
    p.resumed_by,
    p.resumed_at
from landing.delivery_pause as p;
comment on view report.delivery_pause is '暂停:机构或其一种数据暂不计静默,每次一行;到期的和提前恢复的也在内,不再起作用';
comment on column report.delivery_pause.pause_id is '暂停编号';
comment on column report.delivery_pause.paused_until is '暂停的最后一日';
comment on column report.delivery_pause.reason is '暂停原因';
comment on column report.delivery_pause.paused_by is '暂停人';
comment on column report.delivery_pause.paused_at is '暂停时间';
comment on column report.delivery_pause.resumed_by is '提前恢复的人';
comment on column report.delivery_pause.resumed_at is '提前恢复的时间';

-- A feed that never delivered is counted from its first day: that of the agreement, else that of the register.
create function report.silence_at(as_of date, known_at timestamptz)
returns table (
    insurer_id text, record_type text, channel text, last_success_at timestamptz, last_nil_return_at timestamptz,
    working_days_without integer, allowed_working_days integer, is_paused boolean, paused_until date, is_silent boolean,
    expected_since date
) language sql stable security definer rows 300 set search_path = pg_catalog, pg_temp as $$
    with expected as materialized (
        select
            e.insurer_id, e.record_type, e.channel,
            coalesce(e.working_days, (
                select a.working_days
                from reference.silence_allowance as a
                where
                    a.channel = coalesce(e.channel, 'api')
                    and $1 >= a.valid_from and $1 <= coalesce(a.valid_to, 'infinity')
                order by a.valid_from desc
                limit 1
            )) as allowed_working_days,
            coalesce(e.valid_from, (
                select cast(min(f.recorded_at) at time zone 'Asia/Shanghai' as date)
                from landing.expected_delivery as f
                where f.insurer_id = e.insurer_id and f.record_type = e.record_type
            )) as expected_since
        from landing.expected_delivery as e
        where
            e.recorded_at <= $2 and (e.superseded_at is null or e.superseded_at > $2)
            and $1 >= coalesce(e.valid_from, '-infinity') and $1 <= coalesce(e.valid_to, 'infinity')
    ),
    delivered as (
        select
            d.insurer_id, d.record_type,
            max(d.received_at) filter (where not d.is_nil_return) as last_success_at,
            max(d.received_at) filter (where d.is_nil_return) as last_nil_return_at
        from landing.delivered($2) as d
        group by d.insurer_id, d.record_type
    ),
    paused as (
        select p.insurer_id, p.record_type, max(p.paused_until) as paused_until
        from landing.delivery_pause as p
        where
            p.paused_at <= $2 and (p.resumed_at is null or p.resumed_at > $2)
            and $1 >= cast(p.paused_at at time zone 'Asia/Shanghai' as date) and $1 <= p.paused_until
        group by p.insurer_id, p.record_type
    ),
    counted as (
        select
            e.*, d.last_success_at, d.last_nil_return_at,
            case
                when greatest(d.last_success_at, d.last_nil_return_at) is null
                    then reference.working_days_between(e.expected_since, $1)
                when cast(greatest(d.last_success_at, d.last_nil_return_at) at time zone 'Asia/Shanghai' as date) >= $1 then 0
                else reference.working_days_between(
                    cast(greatest(d.last_success_at, d.last_nil_return_at) at time zone 'Asia/Shanghai' as date), $1
                )
            end as working_days_without,
            (
                select max(p.paused_until) from paused as p
                where p.insurer_id = e.insurer_id and p.record_type in ('*', e.record_type)
            ) as paused_until
        from expected as e
        left join delivered as d on e.insurer_id = d.insurer_id and e.record_type = d.record_type
    )
    select
        c.insurer_id, c.record_type, c.channel, c.last_success_at, c.last_nil_return_at,
        case when c.working_days_without < 0 then 0 else c.working_days_without end, c.allowed_working_days, c.paused_until is not null, c.paused_until,
        coalesce(c.paused_until is null and c.working_days_without > c.allowed_working_days, false), c.expected_since
    from counted as c
$$;
comment on function report.silence_at is
'静默:某业务日应报、某时刻已知的每家机构、每种数据一行;零报告(没有行的报送)与静默分开,有任一即不算静默;超过日历公布年份的工作日数为空,不判静默。参数: as_of 业务日; known_at 时刻。列: insurer_id 报送机构; record_type 数据类型; channel 渠道; last_success_at 最近一次有数据的报送; last_nil_return_at 最近一次零报告; working_days_without 已有几个工作日无报送; allowed_working_days 容许的工作日; is_paused 是否暂停; paused_until 暂停至; is_silent 是否静默:超过容许且未暂停; expected_since 应报起始日';

grant execute on function report.silence_at to anze_regulator, anze_loader;
