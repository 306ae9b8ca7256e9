-- Alerts as readers see them.
-- Grain: as each view's comment says. Scope: an alert is made of the records that the caller may see: its number of
--   records, its moments and its sentences speak of these and of no other.
-- Limits: sentences are those of the definition as it is now. Steps are told without their counts and words to callers
--   who see only a part of an alert's records.
create function alert.filled(words text, named jsonb) returns text
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
    each record;
begin
    for each in select p.key, p.value from jsonb_each_text($2) as p loop
        words := replace(words, '{' || each.key || '}', coalesce(each.value, '未报'));
    end loop;
    return words;
end
$$;
comment on function alert.filled is 'a sentence with its marks in braces replaced by named values';

create function alert.sees_whole(insurer_id text) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select access.all_areas() and (access.all_insurers() or coalesce($1 = access.insurer(), false))
$$;
comment on function alert.sees_whole is 'whether the caller sees every record of an alert of an insurer (null: of many)';

grant execute on function alert.filled, alert.sees_whole to anze_reader, anze_regulator, anze_loader;

create view report.alert as
with part as (
    select
        r.alert_no,
        count(*) filter (where r.left_at is null) as record_count,
        count(distinct r.insurer_id) filter (where r.left_at is null) as insurer_count,
        min(r.entered_at) as opened_at,
        greatest(max(r.entered_at), max(r.left_at)) as updated_at,
        max(r.left_at) as left_at,
        min(r.deadline_on) filter (where r.left_at is null) as deadline_on
    from alert.record as r
    group by r.alert_no
),

step as (
    select distinct on (e.alert_no)
        e.alert_no,
        e.event,
        e.until_at
    from alert.event as e
    where
        e.event in ('opened', 'reopened', 'acknowledged', 'snoozed', 'woken')
        and (e.insurer_id is null or not access.all_insurers())
    order by e.alert_no asc, e.event_id desc
),

known as (
    select
        i.*,
        p.record_count,
        p.insurer_count,
        p.opened_at as seen_from,
        p.updated_at,
        p.left_at,
        p.deadline_on,
        case
            when p.record_count = 0 then 'closed'
            when s.event = 'acknowledged' then 'acknowledged'
            when s.event = 'snoozed' then 'snoozed'
            else 'open'
        end as state,
        case when p.record_count > 0 and s.event = 'snoozed' then s.until_at end as snoozed_until,
        k.level,
        k.level_zh,
        k.title_zh,
        k.remedy_zh,
        k.basis,
        k.label,
        k.link,
        case when i.scope = 'province' then 'province' else k.owner_kind end as owner_kind,
        alert.filled(
            k.message_zh, k.thresholds || jsonb_build_object('count', p.record_count, 'insurers', p.insurer_count)
        ) as reason
    from alert.issue as i
    inner join part as p on i.alert_no = p.alert_no
    inner join step as s on i.alert_no = s.alert_no
    inner join reference.alert_kind as k on i.kind = k.kind
)

select
    n.alert_no,
    n.kind,
    n.title_zh,
    n.level,
    n.level_zh,
    n.owner_kind,
    case n.owner_kind when 'insurer' then n.insurer_id when 'city' then a.region_code end as owner,
    n.scope,
    n.insurer_id,
    a.region_code,
    n.state,
    n.seen_from as opened_at,
    n.updated_at,
    case when n.state = 'closed' then n.left_at end as closed_at,
    n.snoozed_until,
    n.deadline_on,
    n.record_count,
    case when n.scope = 'province' and access.all_insurers() then n.insurer_count end as insurer_count,
    n.reason,
    n.remedy_zh as remedy,
    n.basis,
    n.label,
    n.link,
    '【' || n.level_zh || '】' || n.title_zh || ':' || n.reason || '。' || n.remedy_zh as message
from known as n
cross join
    lateral (
        select case
            when access.all_regions() or n.region_code = any(access.regions()) then n.region_code
        end as region_code
    ) as a;
comment on view report.alert is
'预警:每个原因一行,已关闭的也在内;条数、时间和文字只说本账号可见的记录,其余的不计';
comment on column report.alert.alert_no is '预警编号';
comment on column report.alert.kind is '预警种类,见 report.alert_kind';
comment on column report.alert.title_zh is '预警名称';
comment on column report.alert.level is '级别:critical 严重, warning 预警, notice 提示';
comment on column report.alert.level_zh is '级别';
comment on column report.alert.owner_kind is '责任方:insurer 机构, city 市, province 省';
comment on column report.alert.owner is '责任机构或责任市';
comment on column report.alert.scope is '范围:insurer 一家机构, city 一个市, province 多家机构合并的一条';
comment on column report.alert.insurer_id is '机构;按市和全省的为空';
comment on column report.alert.region_code is '市;按机构和全省的为空';
comment on column report.alert.state is '状态:open 待处理, acknowledged 已受理, snoozed 已暂缓, closed 已关闭(在列的记录都已通过)';
comment on column report.alert.opened_at is '首次出现时间';
comment on column report.alert.updated_at is '记录最近一次进出的时间';
comment on column report.alert.closed_at is '关闭时间';
comment on column report.alert.snoozed_until is '暂缓到何时';
comment on column report.alert.deadline_on is '在列记录中最早的期限';
comment on column report.alert.record_count is '在列的记录数';
comment on column report.alert.insurer_count is '涉及的机构数;限合并的预警,机构账号不显示';
comment on column report.alert.reason is '原因';
comment on column report.alert.remedy is '如何处理';
comment on column report.alert.basis is '依据';
comment on column report.alert.label is '口径的可信度';
comment on column report.alert.link is '到哪里看';
comment on column report.alert.message is '一句话:级别、名称、原因、处理';

create view report.alert_record as
select
    r.alert_no,
    i.kind,
    r.insurer_id,
    r.region_code,
    r.domain_code,
    r.record_type,
    core.masked(r.record_key) as record_key,
    r.deadline_on,
    core.masked(alert.filled(k.record_zh, r.named)) as message,
    r.entered_at,
    r.left_at
from alert.record as r
inner join alert.issue as i on r.alert_no = i.alert_no
inner join reference.alert_kind as k on i.kind = k.kind;
comment on view report.alert_record is '预警的记录:每条记录每次在列的时段一行,已离开的也在内';
comment on column report.alert_record.alert_no is '预警编号';
comment on column report.alert_record.kind is '预警种类';
comment on column report.alert_record.insurer_id is '报送机构;名录中的企业为空';
comment on column report.alert_record.region_code is '地区代码;不属于任何地区的为空';
comment on column report.alert_record.domain_code is '高危行业领域';
comment on column report.alert_record.record_type is '数据类型';
comment on column report.alert_record.record_key is '业务编号';
comment on column report.alert_record.deadline_on is '期限';
comment on column report.alert_record.message is '这条记录是什么情况';
comment on column report.alert_record.entered_at is '进入预警的时间';
comment on column report.alert_record.left_at is '离开预警的时间;空为仍在列';

create view report.alert_event as
select
    e.event_id,
    e.alert_no,
    e.insurer_id,
    e.event,
    e.at,
    e.on_date,
    e.to_role,
    e.until_at,
    case when w.is_whole then e.person end as person,
    case when w.is_whole then e.comment end as comment,
    case when w.is_whole then e.entered_count end as entered_count,
    case when w.is_whole then e.left_count end as left_count
from alert.event as e
inner join alert.issue as i on e.alert_no = i.alert_no
cross join lateral (select alert.sees_whole(coalesce(e.insurer_id, i.insurer_id)) as is_whole) as w;
comment on view report.alert_event is '预警的经过:每一步一行;只看到一部分记录的账号不显示人、说明和条数';
comment on column report.alert_event.event_id is '序号';
comment on column report.alert_event.alert_no is '预警编号';
comment on column report.alert_event.insurer_id is '只关系到哪家机构的部分;空为整条预警';
comment on column report.alert_event.event is
'opened 出现, updated 记录有进出, closed 关闭, reopened 再次出现, acknowledged 受理, snoozed 暂缓, woken 暂缓到期, reminded 到期前提醒, escalated 升级';
comment on column report.alert_event.at is '时间';
comment on column report.alert_event.on_date is '提醒或升级所依据的日期';
comment on column report.alert_event.to_role is '升级到:insurer 机构, city 市, province 省';
comment on column report.alert_event.until_at is '暂缓到何时';
comment on column report.alert_event.person is '受理或暂缓的人';
comment on column report.alert_event.comment is '说明';
comment on column report.alert_event.entered_count is '进入的记录数';
comment on column report.alert_event.left_count is '离开的记录数';

create view report.alert_kind as
select
    k.kind,
    k.title_zh,
    k.title_en,
    k.level,
    k.level_zh,
    k.owner_kind,
    k.remedy_zh,
    k.basis,
    k.label,
    k.thresholds
from reference.alert_kind as k;
comment on view report.alert_kind is '预警种类:每种一行,所用阈值在 thresholds';
comment on column report.alert_kind.kind is '预警种类';
comment on column report.alert_kind.title_zh is '名称';
comment on column report.alert_kind.title_en is '英文名称';
comment on column report.alert_kind.level is '级别:critical 严重, warning 预警, notice 提示';
comment on column report.alert_kind.level_zh is '级别';
comment on column report.alert_kind.owner_kind is '责任方';
comment on column report.alert_kind.remedy_zh is '如何处理';
comment on column report.alert_kind.basis is '依据';
comment on column report.alert_kind.label is '口径的可信度';
comment on column report.alert_kind.thresholds is '最近一次所用的阈值';

create view report.alert_message as
select
    m.message_id,
    m.receiver,
    m.level,
    m.content ->> 'title' as title,
    m.written_at,
    m.tries,
    m.next_try_at,
    m.sent_at,
    m.given_up_at,
    m.folded_into,
    m.last_problem
from alert.message as m;
comment on view report.alert_message is '预警消息:每个接收方每条一行,未发出的也在内;限可查看全省全部机构的账号';
comment on column report.alert_message.message_id is '消息编号';
comment on column report.alert_message.receiver is '接收方的名称';
comment on column report.alert_message.level is '级别';
comment on column report.alert_message.title is '标题';
comment on column report.alert_message.written_at is '写入时间';
comment on column report.alert_message.tries is '已试次数';
comment on column report.alert_message.next_try_at is '下次发送时间';
comment on column report.alert_message.sent_at is '发出时间';
comment on column report.alert_message.given_up_at is '放弃时间';
comment on column report.alert_message.folded_into is '并入哪条消息(条数过多时)';
comment on column report.alert_message.last_problem is '最近一次失败的原因';

grant select on report.alert, report.alert_record, report.alert_event, report.alert_kind, report.alert_message
to anze_regulator, anze_loader;
