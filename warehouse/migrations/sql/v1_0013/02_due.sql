-- What is due soon: records that events of other records let be expected, and that nobody has told of yet.
-- Grain: as each function's comment says.
-- Scope: rules of reference.expected_record, filled from quality/expected/records.yml; the deadline follows by rule R32
--   and the calendar in force from the day on which the expected event is taken to happen.
-- Exclusions: events of more than 60 days ago, and those still to come; records on whose day R32 was not in force.
-- Limits: mart.due_records reads every row, as anze_explainer; report.due_soon_at shows of them what row security would:
--   those whose policy the caller sees. See access.condition.
create table reference.expected_record (
    rule_no text not null,
    title_zh text not null,
    after_record_type text not null,
    event_field text not null,
    after_days integer not null default 0 check (after_days >= 0),
    state_field text,
    state_codes text[] not null default '{}',
    count_field text,
    record_type text not null,
    link_fields text[] not null check (cardinality(link_fields) > 0),
    basis text not null,
    confidence text not null,
    valid_from date not null,
    valid_to date check (valid_to >= valid_from),
    primary key (rule_no, valid_from)
);
comment on table reference.expected_record is '应有记录的规则:某种记录的事件之后应有另一种记录;默认口径,可配置';
grant insert, update, delete on reference.expected_record to anze_loader;

create view report.expected_record as
select
    e.rule_no,
    e.title_zh,
    e.after_record_type,
    e.event_field,
    e.after_days,
    e.record_type,
    e.basis,
    e.confidence,
    e.valid_from,
    e.valid_to
from reference.expected_record as e;
comment on view report.expected_record is '应有记录的规则:每条规则的每段有效期一行;用于预测即将到期,默认口径,可配置';
comment on column report.expected_record.rule_no is '规则编号';
comment on column report.expected_record.title_zh is '规则名称';
comment on column report.expected_record.after_record_type is '事件所在的数据类型';
comment on column report.expected_record.event_field is '事件日期的字段';
comment on column report.expected_record.after_days is '事件之后的自然日数';
comment on column report.expected_record.record_type is '应有的数据类型';
comment on column report.expected_record.basis is '依据';
comment on column report.expected_record.confidence is '可信度:confirmed 原文, secondary 转引, assumption 默认口径';
comment on column report.expected_record.valid_from is '生效日期';
comment on column report.expected_record.valid_to is '失效日期,空为仍有效';

create function mart.due_records(as_of date, known_at timestamptz, within_working_days integer)
returns table (
    insurer_id text, record_type text, expected_from_record_type text, record_key text, policy_no text, event_on date,
    deadline_on date, rule_no text, version_id bigint
) language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $function$
#variable_conflict use_column
declare
    rule record;
    event_days date[];
    deadlines date[];
begin
    select array_agg(d.event_on), array_agg(d.deadline_on)
    into event_days, deadlines
    from (
        select
            cast(g.day as date) as event_on,
            reference.add_working_days(cast(g.day as date), (
                select cast(r.threshold_value as integer)
                from core.rule_threshold_known($2) as r
                where r.rule_no = 'R32' and r.valid_from_date <= g.day and g.day <= coalesce(r.valid_to_date, 'infinity')
                order by r.valid_from_date desc, r.version_no desc
                limit 1
            )) as deadline_on
        from generate_series($1 - 60, $1, interval '1 day') as g (day)
    ) as d
    where
        d.deadline_on >= $1
        and d.deadline_on <= case when $3 > 0 then coalesce(reference.add_working_days($1, $3), 'infinity') else $1 end;
    for rule in select e.* from reference.expected_record as e order by e.rule_no, e.valid_from loop
        return query execute format(
            $query$
                select
                    v.insurer_id, %L, %L, concat_ws('|', %s), v.policy_no, d.event_on, d.deadline_on, %L, v.version_id
                from unnest($2, $3) as d (event_on, deadline_on)
                inner join core.%I as v on %s = d.event_on - %s
                where
                    d.event_on >= $4 and d.event_on <= coalesce($5, 'infinity')
                    and v.recorded_at <= $1 and (v.superseded_at is null or v.superseded_at > $1) and not v.is_withdrawn
                    and %s
                    and not exists (
                        select from core.%I as t
                        where
                            t.insurer_id = v.insurer_id and %s and t.recorded_at <= $1
                            and (t.superseded_at is null or t.superseded_at > $1) and not t.is_withdrawn
                    )
            $query$,
            rule.record_type, rule.after_record_type,
            (
                select string_agg('v.' || pg_get_indexdef(i.indexrelid, n.place, true), ', ' order by n.place)
                from pg_index as i
                inner join pg_class as x on x.oid = i.indexrelid and x.relname = rule.after_record_type || '_current_key'
                cross join lateral generate_series(1, i.indnatts - 1) as n (place)
            ),
            rule.rule_no, rule.after_record_type,
            (
                select
                    case
                        when a.atttypid = 'timestamptz'::regtype
                            then format('cast(v.%I at time zone ''Asia/Shanghai'' as date)', a.attname)
                        else format('v.%I', a.attname)
                    end
                from pg_attribute as a
                where
                    a.attrelid = format('core.%I', rule.after_record_type)::regclass
                    and a.attname = rule.event_field
            ),
            rule.after_days,
            concat_ws(
                ' and ',
                'true',
                case when rule.state_field is not null then format('v.%I = any(%L)', rule.state_field, rule.state_codes) end,
                case when rule.count_field is not null then format('v.%I > 0', rule.count_field) end
            ),
            rule.record_type,
            (select string_agg(format('t.%I = v.%I', l.name, l.name), ' and ') from unnest(rule.link_fields) as l (name))
        ) using $2, event_days, deadlines, rule.valid_from, rule.valid_to;
    end loop;
end
$function$;

create function report.due_soon_at(as_of date, known_at timestamptz, within_working_days integer)
returns table (
    insurer_id text, record_type text, expected_from_record_type text, record_key text, policy_no text, region_code text,
    event_on date, deadline_on date, rule_no text, high_risk_domain_code text, version_id bigint
) language sql stable security definer rows 1000 set search_path = pg_catalog, pg_temp set enable_nestloop = on as $$
    select
        d.insurer_id, d.record_type, d.expected_from_record_type, core.masked(d.record_key), core.masked(d.policy_no),
        p.region_code, d.event_on, d.deadline_on, d.rule_no, p.high_risk_domain_code, d.version_id
    from mart.due_records($1, $2, $3) as d
    cross join (select access.all_areas() as is_whole, access.all_insurers() as is_all, access.insurer() as own) as a
    left join lateral (
        select k.region_code, k.high_risk_domain_code from core.policy_of(d.insurer_id, d.policy_no, $2) as k
    ) as p on true
    where
        (a.is_all or d.insurer_id = a.own)
        and (
            a.is_whole or exists (
                select from core.policy as c
                where c.insurer_id = d.insurer_id and c.policy_no = d.policy_no and c.superseded_at is null
            )
        )
$$;
comment on function report.due_soon_at is
'即将到期的应有记录:由其他记录的事件推知、截至某时刻尚未报送、截止日在业务日起若干工作日内的每条一行,是预测而非判定;地区和行业取保单的;60日以前的和尚未发生的事件不在内。参数: as_of 业务日; known_at 时刻; within_working_days 工作日数。列: insurer_id 报送机构; record_type 应有的数据类型; expected_from_record_type 事件所在的数据类型; record_key 事件所在记录的业务编号; policy_no 保单号; region_code 风险所在地代码; event_on 应有事件日; deadline_on 截止日; rule_no 规则编号,见 report.expected_record; high_risk_domain_code 高危行业领域; version_id 事件所在记录的版本号';

revoke execute on function mart.due_records from public, anze_loader;
-- Only for the time of this migration: an owner of a function must be able to create in its schema.
grant create on schema mart to anze_explainer;
alter function mart.due_records owner to anze_explainer;
revoke create on schema mart from anze_explainer;
grant execute on function reference.add_working_days to anze_explainer;
set local role anze_explainer;
grant execute on function mart.due_records to anze_owner;
set local role anze_owner;
grant execute on function report.due_soon_at to anze_regulator, anze_loader;
