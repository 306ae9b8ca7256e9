-- Every read of a version's verdict as known at a moment follows what was judged again until then.
-- Grain: verdict_known one row a version that was judged again, its last verdict known at the moment.
-- Scope: core.<type>_known and what stands on it, of every record type, of later ones and of those that get a column too:
--   the functions are made as before, then their two columns of the verdict are laid over. Where a query asks for
--   neither, the planner leaves the join out.
-- Limits: core.<type>_current and the view report.<type> are what was loaded: their verdict is the one at loading.
create function quality.verdict_known(record_type text, known_at timestamptz)
returns table (version_id bigint, deadline_on date, timeliness text)
language sql stable parallel safe as $$
    select distinct on (a.version_id) a.version_id, a.deadline_on, a.timeliness
    from quality.version_verdict as a
    where a.record_type = $1 and a.judged_at <= $2
    order by a.version_id asc, a.judging_no desc
$$;
comment on function quality.verdict_known is '某时刻已重新判定的记录版本,每个版本一行,最后一次判定为准';
grant execute on function quality.verdict_known to anze_loader, anze_explainer;
grant usage on schema quality, core to anze_explainer;

create procedure migration.overlay_known(record_type text) language plpgsql as $procedure$
declare
    columns text := (
        select string_agg(
            case
                when a.attname in ('deadline_on', 'timeliness')
                    then format('case when a.version_id is null then v.%1$I else a.%1$I end', a.attname)
                else format('v.%I', a.attname)
            end,
            ', ' order by a.attnum
        )
        from pg_catalog.pg_attribute as a
        where a.attrelid = format('core.%I', $1)::regclass and a.attnum > 0 and not a.attisdropped
    );
begin
    execute format(
        $sql$
            create or replace function core.%2$I(known_at timestamptz) returns setof core.%1$I
            language sql stable parallel safe as $$
                select %3$s
                from core.%1$I as v
                left join quality.verdict_known('%1$s', $1) as a on v.version_id = a.version_id
                where v.recorded_at <= $1 and (v.superseded_at is null or v.superseded_at > $1) and not v.is_withdrawn
            $$;
            grant execute on function core.%2$I to anze_explainer;
        $sql$,
        $1, $1 || '_known', columns
    );
end
$procedure$;

-- What a migration calls after it has added a column.
alter procedure core.protect_history(text) rename to protect_history_as_loaded;
create procedure core.protect_history(core_table text) language plpgsql as $procedure$
begin
    call core.protect_history_as_loaded($1);
    if to_regprocedure(format('core.%I(timestamptz)', $1 || '_known')) is not null then
        call migration.overlay_known($1);
    end if;
end
$procedure$;

alter procedure migration.make_history(text, text[], text) rename to make_history_as_loaded;
create procedure migration.make_history(record_type text, key text[], valid_on text) language plpgsql as $procedure$
begin
    call migration.make_history_as_loaded($1, $2, $3);
    call migration.overlay_known($1);
end
$procedure$;

do $$
declare
    of_type text;
begin
    for of_type in
        select t.relname
        from pg_catalog.pg_class as x
        inner join pg_catalog.pg_index as i on i.indexrelid = x.oid
        inner join pg_catalog.pg_class as t on t.oid = i.indrelid and x.relname = t.relname || '_current_key'
        where t.relnamespace = 'core'::regnamespace
    loop
        call migration.overlay_known(of_type);
    end loop;
end
$$;

-- The versions of a record, each with its last verdict.
create or replace function report.record_version(record_type text, of_version_id bigint)
returns table (
    version_id bigint, insurer_id text, record_key text, batch_id bigint, row_no bigint, recorded_at timestamptz,
    superseded_at timestamptz, is_withdrawn boolean, first_received_at timestamptz, deadline_on date, timeliness text
) language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    same text;
    key_text text;
begin
    select
        string_agg(format('v.%1$s = o.%1$s', pg_get_indexdef(i.indexrelid, n.place, true)), ' and ' order by n.place),
        string_agg('v.' || pg_get_indexdef(i.indexrelid, n.place, true), ', ' order by n.place)
            filter (where n.place < i.indnatts)
    into same, key_text
    from pg_index as i
    inner join pg_class as x on x.oid = i.indexrelid and x.relname = $1 || '_current_key'
    inner join pg_class as t on t.oid = i.indrelid and t.relname = $1 and t.relnamespace = 'core'::regnamespace
    cross join lateral generate_series(1, i.indnatts) as n (place);
    if same is null then
        raise exception '没有这种数据:%', $1 using hint = '数据类型见 report.field', errcode = 'P0002';
    end if;
    return query execute format(
        $query$
            select v.version_id, v.insurer_id, core.masked(concat_ws('|', %3$s)), v.batch_id, v.row_no, v.recorded_at,
                v.superseded_at, v.is_withdrawn, v.first_received_at,
                case when a.version_id is null then v.deadline_on else a.deadline_on end,
                case when a.version_id is null then v.timeliness else a.timeliness end
            from core.%1$I as o
            cross join lateral (
                select v.* from core.%1$I as v where %2$s and v.superseded_at is null
                union all
                select v.* from core.%1$I as v where %2$s and v.superseded_at is not null
            ) as v
            left join lateral (
                select k.* from quality.version_verdict as k
                where k.record_type = %1$L and k.version_id = v.version_id
                order by k.judging_no desc
                limit 1
            ) as a on true
            where o.version_id = $1
            order by v.recorded_at desc, v.version_id desc
        $query$,
        $1, same, key_text
    ) using $2;
end
$$;

-- Late records of a type, as the known versions say. Only an owner that may create in the schema replaces a function.
grant create on schema mart to anze_explainer;
set local role anze_explainer;
create or replace function mart.late_versions(record_type text, known_at timestamptz)
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
            from core.%5$I($1) as v %4$s
            where v.timeliness = 'late'
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
        ) else '' end,
        $1 || '_known'
    ) using $2;
end
$function$;
set local role anze_owner;
revoke create on schema mart from anze_explainer;

create or replace function report.late_record(record_type text, known_at timestamptz)
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
            from core.policy_known($2) as v
            where v.timeliness = 'late';
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
