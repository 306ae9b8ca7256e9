-- Records that are late, and hazards that are overdue, without computing every policy that a caller may see.
-- Grain: as each function's comment says.
-- Scope: mart.late_versions and mart.overdue_hazards find few among many, as anze_explainer, with the policy by which each
--   is seen; the functions of schema report show of them what row security would: a record is seen when its policy, or the
--   current policy of its claim or service, is; what hangs on none is seen by who sees all areas. See access.condition.
-- Limits: functions of mart are executed by the owner only.
create index hazard_major on core.hazard (rectify_deadline_date) where hazard_level_code = '20';

-- What is known at a moment of one policy, as who calls may see it: to be asked of one policy at a time.
create function core.policy_of(insurer_id text, policy_no text, known_at timestamptz) returns setof core.policy
language sql stable parallel safe rows 1 as $$
    select v.* from core.policy as v
    where v.insurer_id = $1 and v.policy_no = $2 and v.superseded_at is null and v.recorded_at <= $3 and not v.is_withdrawn
    union all
    select v.* from core.policy as v
    where
        v.insurer_id = $1 and v.policy_no = $2 and v.superseded_at is not null and v.superseded_at > $3
        and v.recorded_at <= $3 and not v.is_withdrawn
$$;

create function mart.overdue_hazards(as_of date, known_at timestamptz)
returns table (
    version_id bigint, insurer_id text, hazard_no text, insured_credit_code text, description_text text,
    found_at timestamptz, rectify_deadline_date date, hazard_status_code text, notified_at timestamptz,
    escalated_at timestamptz, policy_no text, seen_by_policy_no text
) language sql stable security definer rows 1000 set search_path = pg_catalog, pg_temp set enable_nestloop = on as $$
    select
        h.version_id, h.insurer_id, h.hazard_no, h.insured_credit_code, h.description_text, h.found_at,
        h.rectify_deadline_date, h.hazard_status_code, h.notified_at, h.escalated_at, k.policy_no, c.policy_no
    from core.hazard as h
    left join core.service_record as c
        on h.insurer_id = c.insurer_id and h.service_no = c.service_no and c.superseded_at is null
    left join lateral (
        select s.policy_no
        from core.service_record as s
        where
            s.insurer_id = h.insurer_id and s.service_no = h.service_no and s.superseded_at is null
            and s.recorded_at <= $2 and not s.is_withdrawn
        union all
        select s.policy_no
        from core.service_record as s
        where
            s.insurer_id = h.insurer_id and s.service_no = h.service_no and s.superseded_at is not null
            and s.superseded_at > $2 and s.recorded_at <= $2 and not s.is_withdrawn
    ) as k on true
    where
        h.hazard_level_code = '20' and h.rectify_deadline_date < $1
        and h.recorded_at <= $2 and (h.superseded_at is null or h.superseded_at > $2) and not h.is_withdrawn
        and not coalesce(
            h.hazard_status_code in ('20', '30') and cast(h.rectified_at at time zone 'Asia/Shanghai' as date) <= $1, false
        )
$$;

create function report.hazard_overdue(as_of date, known_at timestamptz)
returns table (
    version_id bigint, insurer_id text, hazard_no text, insured_name text, insured_credit_code text, region_code text,
    high_risk_domain_code text, description_text text, found_at timestamptz, rectify_deadline_date date,
    hazard_status_code text, notified_at timestamptz, escalated_at timestamptz
) language sql stable security definer rows 1000 set search_path = pg_catalog, pg_temp set enable_nestloop = on as $$
    select
        h.version_id, h.insurer_id, h.hazard_no,
        coalesce(p.insured_name, (
            select e.enterprise_name
            from core.enterprise as e
            where
                e.credit_code = h.insured_credit_code and e.recorded_at <= $2
                and (e.superseded_at is null or e.superseded_at > $2) and not e.is_withdrawn
            order by e.recorded_at desc
            limit 1
        )),
        h.insured_credit_code, p.region_code, p.high_risk_domain_code, h.description_text, h.found_at,
        h.rectify_deadline_date, h.hazard_status_code, h.notified_at, h.escalated_at
    from mart.overdue_hazards($1, $2) as h
    cross join (select access.all_areas() as is_whole, access.all_insurers() as is_all, access.insurer() as own) as a
    left join lateral (
        select k.*
        from core.policy_of(h.insurer_id, h.policy_no, $2) as k
        where a.is_whole or exists (
            select from core.policy as c
            where c.insurer_id = h.insurer_id and c.policy_no = h.policy_no and c.superseded_at is null
        )
    ) as p on true
    where
        (a.is_all or h.insurer_id = a.own)
        and (
            a.is_whole or exists (
                select from core.policy as c
                where c.insurer_id = h.insurer_id and c.policy_no = h.seen_by_policy_no and c.superseded_at is null
            )
        )
$$;
comment on function report.hazard_overdue is
'逾期未整改的重大隐患:某时刻已知、整改期限早于业务日、截至当日尚未整改的每条一行,地区和行业取保单的;已整改待验证的不在内;限对本账号可见的服务和保单。参数: as_of 业务日; known_at 时刻。列: version_id 版本号; insurer_id 报送机构; hazard_no 隐患编号; insured_name 被保险人; insured_credit_code 统一社会信用代码; region_code 风险所在地代码; high_risk_domain_code 高危行业领域; description_text 隐患描述; found_at 发现时间; rectify_deadline_date 整改期限; hazard_status_code 状态; notified_at 书面告知时间; escalated_at 上报时间';

create function mart.late_versions(record_type text, known_at timestamptz)
returns table (
    version_id bigint, insurer_id text, record_key text, batch_id bigint, row_no bigint, deadline_on date,
    first_received_at timestamptz, policy_no text, seen_by_policy_no text
) language plpgsql stable security definer set search_path = pg_catalog, pg_temp set enable_nestloop = on as $function$
declare
    key_text text;
    columns text[];
    link text;
    parent text;
begin
    select
        string_agg('v.' || pg_get_indexdef(i.indexrelid, n.place, true), ', ' order by n.place)
            filter (where n.place < i.indnatts),
        (
            select array_agg(cast(a.attname as text)) from pg_attribute as a
            where a.attrelid = min(i.indrelid::bigint)::oid and a.attnum > 0 and not a.attisdropped
        )
    into key_text, columns
    from pg_index as i
    inner join pg_class as x on x.oid = i.indexrelid and x.relname = $1 || '_current_key'
    inner join pg_class as t on t.oid = i.indrelid and t.relname = $1 and t.relnamespace = 'core'::regnamespace
    cross join lateral generate_series(1, i.indnatts) as n (place);
    link := case when 'report_no' = any(columns) then 'report_no' when 'service_no' = any(columns) then 'service_no' end;
    parent := case link when 'report_no' then 'claim' when 'service_no' then 'service_record' end;
    return query execute format(
        $query$
            select v.version_id, v.insurer_id, concat_ws('|', %2$s), v.batch_id, v.row_no, v.deadline_on,
                v.first_received_at, %3$s
            from core.%1$I as v %4$s
            where v.timeliness = 'late' and v.recorded_at <= $1
                and (v.superseded_at is null or v.superseded_at > $1) and not v.is_withdrawn
        $query$,
        $1, key_text,
        case
            when 'policy_no' = any(columns) then 'v.policy_no, v.policy_no'
            when link is null then 'null::text, null::text'
            else 'k.policy_no, c.policy_no'
        end,
        case when not 'policy_no' = any(columns) and link is not null then format(
            $join$
                left join core.%1$I as c
                    on v.insurer_id = c.insurer_id and v.%2$I = c.%2$I and c.superseded_at is null
                left join lateral (
                    select s.policy_no from core.%1$I as s
                    where s.insurer_id = v.insurer_id and s.%2$I = v.%2$I and s.superseded_at is null
                        and s.recorded_at <= $1 and not s.is_withdrawn
                    union all
                    select s.policy_no from core.%1$I as s
                    where s.insurer_id = v.insurer_id and s.%2$I = v.%2$I and s.superseded_at is not null
                        and s.superseded_at > $1 and s.recorded_at <= $1 and not s.is_withdrawn
                ) as k on true
            $join$, parent, link
        ) else '' end
    ) using $2;
end
$function$;

create function report.late_record(record_type text, known_at timestamptz)
returns table (
    version_id bigint, insurer_id text, record_key text, batch_id bigint, row_no bigint, deadline_on date,
    first_received_at timestamptz, policy_no text, region_code text, high_risk_domain_code text
) language plpgsql stable security definer set search_path = pg_catalog, pg_temp set enable_nestloop = on as $$
#variable_conflict use_column
begin
    if not exists (
        select from pg_class as c
        where c.relnamespace = 'core'::regnamespace and c.relkind = 'r' and c.relname = $1
    ) then
        raise exception '没有这种数据:%', $1 using hint = '数据类型见 report.field', errcode = 'P0002';
    end if;
    if $1 = 'policy' then
        return query
            select
                v.version_id, v.insurer_id, v.policy_no, v.batch_id, v.row_no, v.deadline_on, v.first_received_at,
                v.policy_no, v.region_code, v.high_risk_domain_code
            from core.policy as v
            where
                v.timeliness = 'late' and v.recorded_at <= $2 and (v.superseded_at is null or v.superseded_at > $2)
                and not v.is_withdrawn;
        return;
    end if;
    return query
        select
            l.version_id, l.insurer_id, l.record_key, l.batch_id, l.row_no, l.deadline_on, l.first_received_at,
            case when a.is_whole or l.policy_no = l.seen_by_policy_no then l.policy_no else p.policy_no end,
            p.region_code, p.high_risk_domain_code
        from mart.late_versions($1, $2) as l
        cross join (select access.all_areas() as is_whole, access.all_insurers() as is_all, access.insurer() as own) as a
        left join lateral (
            select k.policy_no, k.region_code, k.high_risk_domain_code
            from core.policy_of(l.insurer_id, l.policy_no, $2) as k
            where a.is_whole or exists (
                select from core.policy as c
                where c.insurer_id = l.insurer_id and c.policy_no = l.policy_no and c.superseded_at is null
            )
        ) as p on true
        where
            (a.is_all or l.insurer_id = a.own)
            and (
                a.is_whole or exists (
                    select from core.policy as c
                    where c.insurer_id = l.insurer_id and c.policy_no = l.seen_by_policy_no and c.superseded_at is null
                )
            );
end
$$;
comment on function report.late_record is
'迟报记录:一种数据中某时刻已知、首次接收晚于截止日的每条一行,地区和行业取保单的;与保单联系不上的没有地区,只向可以查看全省的账号列出。参数: record_type 数据类型; known_at 时刻。列: version_id 版本号; insurer_id 报送机构; record_key 业务编号; batch_id 批次编号; row_no 批次内行号; deadline_on 截止日; first_received_at 首次接收时间; policy_no 保单号; region_code 风险所在地代码; high_risk_domain_code 高危行业领域';

revoke execute on function mart.overdue_hazards, mart.late_versions from public, anze_loader;
-- Only for the time of this migration: an owner of a function must be able to create in its schema.
grant create on schema mart to anze_explainer;
alter function mart.overdue_hazards owner to anze_explainer;
alter function mart.late_versions owner to anze_explainer;
revoke create on schema mart from anze_explainer;
set local role anze_explainer;
grant execute on function mart.overdue_hazards, mart.late_versions to anze_owner;
set local role anze_owner;
grant execute on function report.hazard_overdue, report.late_record to anze_regulator, anze_loader;
