-- On-time rates by insurer, record type, city and month, which add up to records.
-- Grain: as each function's comment says.
-- Scope: the verdicts of main events that a publication counts in mart.timeliness, with the region of the record's policy
--   as in report.late_record: a record that hangs on no policy has no city, and is counted for who sees all areas.
-- Limits: mart.verdicts reads every row, as anze_explainer; report.on_time_at counts of them what the caller may see.
create table reference.main_event (
    record_type text primary key,
    event_field text not null
);
comment on table reference.main_event is '每种数据的主要事件日期字段,来自数据合同';
grant insert, update, delete on reference.main_event to anze_loader;

create function mart.verdicts(record_type text, known_at timestamptz)
returns table (
    insurer_id text, event_on date, deadline_on date, timeliness text, policy_no text, seen_by_policy_no text
) language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $function$
declare
    columns text[] := (
        select array_agg(cast(a.attname as text)) from pg_attribute as a
        where a.attrelid = format('core.%I', $1)::regclass and a.attnum > 0 and not a.attisdropped
    );
    link text := case
        when 'policy_no' = any(columns) then null
        when 'report_no' = any(columns) then 'report_no'
        when 'service_no' = any(columns) then 'service_no'
    end;
    parent text := case link when 'report_no' then 'claim' when 'service_no' then 'service_record' end;
begin
    return query execute format(
        $query$
            select v.insurer_id, %2$s, v.deadline_on, v.timeliness, %3$s
            from core.%1$I($1) as v %4$s
            where v.timeliness is not null
        $query$,
        $1 || '_known',
        (
            select
                case
                    when a.atttypid = 'timestamptz'::regtype
                        then format('cast(v.%I at time zone ''Asia/Shanghai'' as date)', a.attname)
                    else format('v.%I', a.attname)
                end
            from reference.main_event as e
            inner join pg_attribute as a
                on a.attrelid = format('core.%I', $1)::regclass and a.attname = e.event_field
            where e.record_type = $1
        ),
        case
            when 'policy_no' = any(columns) then 'v.policy_no, v.policy_no'
            when link is null then 'null::text, null::text'
            else 'k.policy_no, c.policy_no'
        end,
        case when link is not null then format(
            $join$
                left join core.%1$I as c
                    on v.insurer_id = c.insurer_id and v.%2$I = c.%2$I and c.superseded_at is null
                left join core.%1$I as k
                    on v.insurer_id = k.insurer_id and v.%2$I = k.%2$I and k.recorded_at <= $1
                    and (k.superseded_at is null or k.superseded_at > $1) and not k.is_withdrawn
            $join$, parent, link
        ) else '' end
    ) using $2;
end
$function$;

create function report.on_time_at(as_of date, known_at timestamptz)
returns table (
    insurer_id text, record_type text, city_code text, due_month date, due_count bigint, on_time_count bigint,
    late_count bigint, undetermined_count bigint, on_time_ratio numeric
) language sql stable security definer rows 1000
set search_path = pg_catalog, pg_temp set work_mem = '64MB' as $$
    with caller as materialized (
        select access.all_areas() as is_whole, access.all_insurers() as is_all, access.insurer() as own
    ),
    seen as materialized (
        select c.insurer_id, c.policy_no from core.policy as c where c.superseded_at is null
    ),
    placed as materialized (
        select p.insurer_id, p.policy_no, p.region_code from core.policy_known($2) as p
    ),
    verdict as materialized (
        select
            e.record_type, v.insurer_id, v.timeliness, v.policy_no, v.seen_by_policy_no,
            cast(date_trunc('month', case v.timeliness when 'undetermined' then v.event_on else v.deadline_on end) as date)
                as due_month
        from reference.main_event as e
        cross join lateral mart.verdicts(e.record_type, $2) as v
        where
            case v.timeliness when 'undetermined' then v.event_on else v.deadline_on end
            between cast(date_trunc('year', $1) as date) and $1
    ),
    counted as (
        select
            v.insurer_id, v.record_type, p.region_code, v.due_month,
            count(*) filter (where v.timeliness = 'on_time') as on_time_count,
            count(*) filter (where v.timeliness = 'late') as late_count,
            count(*) filter (where v.timeliness = 'undetermined') as undetermined_count
        from verdict as v
        cross join caller as a
        left join seen as s on v.insurer_id = s.insurer_id and v.seen_by_policy_no = s.policy_no
        left join placed as p
            on v.insurer_id = p.insurer_id and v.policy_no = p.policy_no and (a.is_whole or s.policy_no is not null)
        where (a.is_all or v.insurer_id = a.own) and (a.is_whole or s.policy_no is not null)
        group by v.insurer_id, v.record_type, p.region_code, v.due_month
    )
    select
        c.insurer_id, c.record_type, g.city_code, c.due_month,
        cast(sum(c.on_time_count + c.late_count) as bigint), cast(sum(c.on_time_count) as bigint),
        cast(sum(c.late_count) as bigint), cast(sum(c.undetermined_count) as bigint),
        core.half_up(sum(c.on_time_count), nullif(sum(c.on_time_count + c.late_count), 0), 6)
    from counted as c
    left join reference.region_resolution as g
        on c.region_code = g.region_code and $1 >= g.valid_from and $1 <= coalesce(g.valid_to, 'infinity')
    group by c.insurer_id, c.record_type, g.city_code, c.due_month
$$;
comment on function report.on_time_at is
'及时率明细:本年累计内到期的记录,每家机构、每种数据、每个市、每个月一行,各数可相加,与逐条判定相符;已撤销、已被替换的版本不在内;与保单联系不上的没有市,只向可以查看全省的账号列出。参数: as_of 统计截止日; known_at 时刻。列: insurer_id 报送机构; record_type 数据类型; city_code 风险所在市,空为联系不上或不在本省; due_month 截止日所在月的首日,待定的取事件日; due_count 已到期记录数; on_time_count 其中及时的; late_count 其中迟报的; undetermined_count 待定记录数; on_time_ratio 及时率';

revoke execute on function mart.verdicts from public, anze_loader;
grant create on schema mart to anze_explainer;
alter function mart.verdicts owner to anze_explainer;
revoke create on schema mart from anze_explainer;
set local role anze_explainer;
grant execute on function mart.verdicts to anze_owner;
set local role anze_owner;
grant execute on function report.on_time_at to anze_regulator, anze_loader;
