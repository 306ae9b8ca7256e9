-- What the clock says, for readers.
-- Grain: freshness_history one row a verdict on a milestone of one record that stood at some time; freshness_of one row
--   a milestone, the verdict that stood at a moment; report.judged_again one row a verdict that was judged again;
--   versions_judged_again one row a version that was judged again between two moments; report.extension one row an
--   extension; report.outage_credit one row an outage; report.calendar_edition one row an edition of the calendar;
--   report.counted_day one row a day.
-- Scope: a record's verdicts are shown to who sees its current version: mart.verdicts_of reads them, and only the owner
--   calls it. What has no area is seen by insurers, their own, and by who sees all areas.
-- Limits: verdicts that loads replaced before v1_0010 are not kept.
create function mart.verdicts_of(insurer_id text, record_type text, record_key text)
returns table (
    milestone text, event_on date, deadline_on date, first_received_at timestamptz, timeliness text,
    calendar_version text, working_days smallint, rule text, extension_no bigint, outage_no bigint, judging_no bigint,
    known_from timestamptz, superseded_at timestamptz, event_field_no bigint
) language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select
        m.milestone, m.event_on, m.deadline_on, m.first_received_at, m.timeliness, m.calendar_version, m.working_days,
        m.rule, m.extension_no, m.outage_no, m.judging_no, m.known_from, cast('infinity' as timestamptz),
        m.event_field_no
    from quality.milestone as m
    where m.record_key = $3 and m.record_type = $2 and m.insurer_id = $1
    union all
    select
        p.milestone, p.event_on, p.deadline_on, p.first_received_at, p.timeliness, p.calendar_version, p.working_days,
        p.rule, p.extension_no, p.outage_no, p.judging_no, p.known_from, p.superseded_at,
        p.event_field_no
    from quality.milestone_past as p
    where p.record_key = $3 and p.record_type = $2 and p.insurer_id = $1
$$;

create function report.freshness_history(insurer_id text, record_type text, record_key text)
returns table (
    milestone text, event_on date, deadline_on date, first_received_at timestamptz, timeliness text,
    calendar_version text, is_calendar_provisional boolean, working_days smallint, rule text, extension_no bigint,
    outage_no bigint, judging_no bigint, known_from timestamptz, superseded_at timestamptz, basis text,
    event_field_no bigint
) language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
    is_seen boolean;
    same text;
begin
    select
        string_agg(
            format('v.%1$s = split_part($2, ''|'', %2$s)', pg_get_indexdef(i.indexrelid, n.place, true), n.place),
            ' and ' order by n.place
        )
        || format(
            ' and concat_ws(''|'', %s) = $2',
            string_agg('v.' || pg_get_indexdef(i.indexrelid, n.place, true), ', ' order by n.place)
        )
    into same
    from pg_index as i
    inner join pg_class as x on x.oid = i.indexrelid and x.relname = $2 || '_current_key'
    inner join pg_class as t on t.oid = i.indrelid and t.relname = $2 and t.relnamespace = 'core'::regnamespace
    cross join lateral generate_series(1, i.indnatts - 1) as n (place);
    if same is null then
        raise exception '没有这种数据:%', $2 using hint = '数据类型见 report.field', errcode = 'P0002';
    end if;
    execute format(
        'select exists (select from core.%I as v where v.insurer_id = $1 and v.superseded_at is null and %s)', $2, same
    ) into is_seen using $1, $3;
    return query
        select
            k.milestone, k.event_on, k.deadline_on, k.first_received_at, k.timeliness, k.calendar_version,
            quality.is_calendar_provisional(
                k.timeliness, k.deadline_on, reference.last_published_day(k.calendar_version)
            ),
            k.working_days, k.rule, k.extension_no, k.outage_no, k.judging_no, k.known_from, k.superseded_at,
            concat_ws(
                ',',
                case
                    when k.rule is null then 'R32 当日尚未生效'
                    else format('%s(%s个工作日)', k.rule, k.working_days)
                end,
                '延期 ' || k.extension_no, '停机顺延 ' || k.outage_no
            ),
            k.event_field_no
        from mart.verdicts_of($1, $2, $3) as k
        where is_seen
        order by k.milestone, k.known_from desc, k.superseded_at desc;
end
$$;
comment on function report.freshness_history is
'一条记录各时限的全部判定,每次判定一行,曾经成立的也在内,新的在前;限对本账号可见的记录。参数: insurer_id 报送机构; record_type 数据类型; record_key 业务编号,多个字段以 | 相连。列: milestone 时限; event_on 业务事件日期; deadline_on 截止日,空为待定或不判定; first_received_at 首次接收时间; timeliness 及时性; calendar_version 日历版本; is_calendar_provisional 日历待复核; working_days 工作日数; rule 规则; extension_no 所用延期; outage_no 所计停机; judging_no 重新判定编号,空为入库时判定; known_from 自何时成立; superseded_at 至何时,infinity 为现行; basis 依据; event_field_no 事件日期所取字段的配置,空为数据契约所定字段';

create function report.freshness_of(insurer_id text, record_type text, record_key text, known_at timestamptz)
returns table (
    milestone text, event_on date, deadline_on date, first_received_at timestamptz, timeliness text,
    calendar_version text, basis text
) language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select
        h.milestone, h.event_on, h.deadline_on, h.first_received_at, h.timeliness, h.calendar_version, h.basis
    from report.freshness_history($1, $2, $3) as h
    where h.known_from <= $4 and h.superseded_at > $4
$$;
comment on function report.freshness_of is
'一条记录各时限在某时刻成立的判定,每个时限一行;限对本账号可见的记录。参数: insurer_id 报送机构; record_type 数据类型; record_key 业务编号; known_at 时刻。列: milestone 时限; event_on 业务事件日期; deadline_on 截止日; first_received_at 首次接收时间; timeliness 及时性; calendar_version 日历版本; basis 依据:规则、延期、停机顺延';

revoke execute on function mart.verdicts_of from public, anze_loader;
grant create on schema mart to anze_explainer;
alter function mart.verdicts_of owner to anze_explainer;
revoke create on schema mart from anze_explainer;
set local role anze_explainer;
grant execute on function mart.verdicts_of to anze_owner;
set local role anze_owner;
grant execute on function report.freshness_history, report.freshness_of to anze_regulator, anze_loader;

create view report.judged_again as
select
    j.judging_no,
    j.kind,
    j.fact_no,
    j.judged_at,
    j.judged_by,
    p.insurer_id,
    p.record_type,
    core.masked(p.record_key) as record_key,
    p.milestone,
    p.event_on,
    p.timeliness as old_timeliness,
    p.deadline_on as old_deadline_on,
    p.calendar_version as old_calendar_version,
    k.timeliness as new_timeliness,
    k.deadline_on as new_deadline_on,
    k.calendar_version as new_calendar_version
from quality.milestone_past as p
inner join landing.judging as j on p.superseded_by_judging_no = j.judging_no
cross join lateral (
    select
        m.timeliness,
        m.deadline_on,
        m.calendar_version
    from quality.milestone as m
    where
        m.record_key = p.record_key and m.milestone = p.milestone and m.record_type = p.record_type
        and m.insurer_id = p.insurer_id and m.known_from = p.superseded_at
    union all
    select
        m.timeliness,
        m.deadline_on,
        m.calendar_version
    from quality.milestone_past as m
    where
        m.record_key = p.record_key and m.milestone = p.milestone and m.record_type = p.record_type
        and m.insurer_id = p.insurer_id and m.known_from = p.superseded_at
    limit 1
) as k;
comment on view report.judged_again is
'重新判定的留痕:每个重新判定的时限一行,原判定与新判定;限本账号可见的机构,按地区限定的账号用 report.freshness_history 查单条';
comment on column report.judged_again.judging_no is '重新判定编号';
comment on column report.judged_again.kind is '缘由:calendar 日历, extension 延期, revocation 撤销延期, outage 停机';
comment on column report.judged_again.fact_no is '缘由的编号:日历版次、延期编号、停机编号';
comment on column report.judged_again.judged_at is '重新判定时间';
comment on column report.judged_again.judged_by is '谁重新判定';
comment on column report.judged_again.insurer_id is '报送机构';
comment on column report.judged_again.record_type is '数据类型';
comment on column report.judged_again.record_key is '业务编号,个人号码已隐去';
comment on column report.judged_again.milestone is '时限';
comment on column report.judged_again.event_on is '业务事件日期';
comment on column report.judged_again.old_timeliness is '原判定';
comment on column report.judged_again.old_deadline_on is '原截止日';
comment on column report.judged_again.old_calendar_version is '原日历版本';
comment on column report.judged_again.new_timeliness is '新判定';
comment on column report.judged_again.new_deadline_on is '新截止日';
comment on column report.judged_again.new_calendar_version is '新日历版本';

create function report.versions_judged_again(indicator_code text, since timestamptz, until timestamptz)
returns table (record_type text, version_id bigint)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select distinct a.record_type, a.version_id
    from quality.version_verdict as a
    where a.judged_at > $2 and a.judged_at <= $3
        and exists (
            select from mart.indicator_definition as d
            where d.code = $1 and d.contributions_sql ~ '\mtimeliness\M'
        )
$$;
comment on function report.versions_judged_again is
'两个时刻之间重新判定过的记录版本,每个版本一行;不以判定计数的指标没有。参数: indicator_code 指标代码; since 前一时刻,不含; until 后一时刻,含。列: record_type 数据类型; version_id 版本';
grant execute on function report.versions_judged_again to anze_regulator, anze_loader;

call access.protect_rows('landing.extension_end');
alter policy seen on landing.extension_end using ((select access.is_entitled()));

create view report.extension as
select
    e.extension_no,
    e.insurer_id,
    e.record_type,
    e.city_code,
    cardinality(e.record_keys) as record_key_count,
    e.events_from,
    e.events_to,
    e.extra_days,
    e.until_on,
    e.reason,
    e.granted_by,
    e.granted_at,
    x.revoked_at,
    x.revoked_by,
    x.reason as revoke_reason
from landing.extension as e
left join landing.extension_end as x on e.extension_no = x.extension_no;
comment on view report.extension is '延期:每次批准一行,已撤销的也在内;限本账号可见的机构';
comment on column report.extension.extension_no is '延期编号';
comment on column report.extension.insurer_id is '报送机构';
comment on column report.extension.record_type is '数据类型,* 为全部';
comment on column report.extension.city_code is '限定的市,空为不限';
comment on column report.extension.record_key_count is '限定的记录条数,空为不限';
comment on column report.extension.events_from is '业务事件日期自';
comment on column report.extension.events_to is '业务事件日期至';
comment on column report.extension.extra_days is '增加的工作日数';
comment on column report.extension.until_on is '截止日最早延至';
comment on column report.extension.reason is '理由';
comment on column report.extension.granted_by is '批准人';
comment on column report.extension.granted_at is '批准时间';
comment on column report.extension.revoked_at is '撤销时间,空为未撤销';
comment on column report.extension.revoked_by is '撤销人';
comment on column report.extension.revoke_reason is '撤销理由';

create view report.outage_credit as
select
    o.outage_no,
    o.service,
    o.began_at,
    o.ended_at,
    o.is_planned,
    o.is_credited,
    o.basis,
    o.recorded_at,
    (
        select count(*) from quality.milestone as m
        where m.outage_no = o.outage_no
    ) as verdict_count
from landing.outage as o;
comment on view report.outage_credit is '平台停机及其顺延:每段一行';
comment on column report.outage_credit.outage_no is '停机编号';
comment on column report.outage_credit.service is '服务:portal 门户, intake 收件, database 数据库';
comment on column report.outage_credit.began_at is '最后一次心跳';
comment on column report.outage_credit.ended_at is '恢复后的第一次心跳';
comment on column report.outage_credit.is_planned is '是否计划内停机';
comment on column report.outage_credit.is_credited is '是否顺延截止日';
comment on column report.outage_credit.basis is '所依的配置';
comment on column report.outage_credit.recorded_at is '认定时间';
comment on column report.outage_credit.verdict_count is '因此顺延的现行判定数,限本账号可见的机构';

create view report.calendar_edition as
select
    e.edition_no,
    e.calendar_version,
    e.first_day,
    e.last_day,
    e.known_from,
    e.imported_by,
    e.source
from reference.calendar_edition as e;
comment on view report.calendar_edition is '工作日历的版次:每次导入通知一行,自 known_from 起有效,直至下一版次';
comment on column report.calendar_edition.edition_no is '版次';
comment on column report.calendar_edition.calendar_version is '日历版本';
comment on column report.calendar_edition.first_day is '第一日';
comment on column report.calendar_edition.last_day is '已公布的最后一日';
comment on column report.calendar_edition.known_from is '自何时有效';
comment on column report.calendar_edition.imported_by is '谁导入';
comment on column report.calendar_edition.source is '通知';

create function report.counted_day(calendar_version text, event_on date, last_day date)
returns table (day date, is_working_day boolean, note text, counted integer)
language sql stable security definer rows 20 set search_path = pg_catalog, pg_temp as $$
    select d.day, d.is_working_day, d.note, cast(d.working_day_no - o.working_day_no as integer)
    from reference.calendar_day as d
    inner join reference.calendar_day as o on d.calendar_version = o.calendar_version and o.day = $2
    where
        d.calendar_version = $1
        and d.day between $2 and coalesce($3, reference.last_published_day($1))
$$;
comment on function report.counted_day is
'从业务事件当日到截止日的日历,每日一行。参数: calendar_version 日历版本; event_on 业务事件日期,第 0 日; last_day 最后一日,空为日历已公布的最后一日。列: day 日期; is_working_day 是否工作日; note 节假日或调休; counted 到这一日为止的工作日数';
grant execute on function report.counted_day to anze_regulator, anze_loader;
