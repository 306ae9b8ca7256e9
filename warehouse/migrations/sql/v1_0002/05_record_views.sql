-- Report views of record types stand on their tables, so that the views of core between can be read as who asks.
-- Grain and scope: as before. Limits: none of its own.
-- List the fields of every record type that no other report view shows: names, phones and texts about persons. What is
-- forgotten by a record type's view is personal by that.
create procedure migration.list_personal_values() language plpgsql as $procedure$
begin
    execute 'create or replace view report.personal_value as ' || (
        select string_agg(
            format(
                'select %L as record_type, v.insurer_id, core.masked(concat_ws(''|'', %s)) as record_key, f.field,'
                ' case when (select access.sees_personal()) then f.value else ''(已隐去)'' end as value, v.version_id'
                ' from core.%I as v cross join lateral (values %s) as f (field, value)'
                ' where v.superseded_at is null and not v.is_withdrawn and f.value is not null',
                t.relname,
                (
                    select string_agg('v.' || pg_get_indexdef(i.indexrelid, n.place, true), ', ' order by n.place)
                    from generate_series(1, i.indnatts - 1) as n (place)
                ),
                t.relname,
                h.fields
            ),
            ' union all ' order by t.relname
        )
        from pg_catalog.pg_class as t
        inner join pg_catalog.pg_index as i on i.indrelid = t.oid
        inner join pg_catalog.pg_class as x on x.oid = i.indexrelid and x.relname = t.relname || '_current_key'
        cross join lateral (
            select string_agg(format('(%L, cast(v.%I as text))', a.attname, a.attname), ', ' order by a.attnum) as fields
            from pg_catalog.pg_attribute as a
            where a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
                and not exists (
                    select from pg_catalog.pg_attribute as b
                    where b.attname = a.attname
                        and b.attrelid in ('migration.version_head'::regclass, 'migration.version_tail'::regclass)
                )
                and not exists (
                    select from pg_catalog.pg_depend as d
                    inner join pg_catalog.pg_rewrite as r on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
                    inner join pg_catalog.pg_class as w on r.ev_class = w.oid
                    where d.refobjid = t.oid and d.refobjsubid = a.attnum
                        and w.relnamespace = 'report'::regnamespace and w.relname <> 'personal_value'
                )
        ) as h
        where t.relnamespace = 'core'::regnamespace and h.fields is not null
    );
end
$procedure$;

-- Give a record type its view in schema report and its functions there, of the columns that are shown: none that is
-- personal or sensitive. A function of schema report runs as its owner, with a fixed search path, and is never opened up
-- into the query that calls it: no condition or plan of that query sees a column or row that it does not return. The view
-- stands on the table itself: what the owner reads of it is bound by what the caller may see.
create or replace procedure migration.make_report(
    record_type text, shown text[], reported_as text default null, insurer_id text default 'v.insurer_id'
) language plpgsql as $procedure$
declare
    names text [] := array['insurer_id'] || shown || array[
        'version_id', 'batch_id', 'row_no', 'recorded_at', 'first_received_at', 'deadline_on', 'timeliness'
    ];
    told text := coalesce(reported_as, record_type);
    selected text := $4 || ', '
        || (select string_agg(format('v.%I', n), ', ' order by place) from unnest(names[2:]) with ordinality as c (n, place));
    returned text := (
        select string_agg(format('%I %s', n, format_type(a.atttypid, null)), ', ' order by place)
        from unnest(names) with ordinality as c (n, place)
        inner join pg_catalog.pg_attribute as a
            on a.attrelid = format('core.%I', record_type)::regclass and a.attname = n
    );
begin
    execute format(
        'create view report.%I (%s) as select %s from core.%I as v where v.superseded_at is null and not v.is_withdrawn',
        told, array_to_string(names, ', '), selected, record_type
    );
    execute format(
        $sql$
            create function report.%1$I(known_at timestamptz) returns table (%2$s)
            language sql stable parallel safe security definer set search_path = pg_catalog, pg_temp as $$
                select %3$s
                from core.%4$I($1) as v
            $$;
            create function report.%5$I(as_of date, known_at timestamptz) returns table (%2$s)
            language sql stable parallel safe security definer set search_path = pg_catalog, pg_temp as $$
                select %3$s
                from core.%6$I($1, $2) as v
            $$;
            grant execute on function report.%1$I, report.%5$I to anze_regulator, anze_loader;
        $sql$,
        told || '_known', returned, selected, record_type || '_known', told || '_at', record_type || '_at'
    );
    call migration.list_personal_values();
end
$procedure$;

do $$
declare
    told record;
begin
    for told in
        select
            c.oid::regclass as relation,
            pg_get_viewdef(c.oid) as definition
        from pg_catalog.pg_class as c
        where c.relnamespace = 'report'::regnamespace and c.relkind = 'v'
    loop
        if told.definition ~ 'FROM core\.\w+_current v;' then
            execute format('create or replace view %s as ', told.relation) || regexp_replace(
                told.definition, 'FROM (core\.\w+)_current v;', 'FROM \1 v WHERE v.superseded_at IS NULL AND NOT v.is_withdrawn'
            );
        end if;
    end loop;
end
$$;

call migration.list_personal_values();
comment on view report.personal_value is
'个人信息:当前版本的记录中不在各视图内的每个非空字段一行(姓名、电话、涉及个人的文字);已撤销和已被替换的版本不在内。账号可看个人信息时显示原值,否则隐去';
comment on column report.personal_value.record_type is '数据类型';
comment on column report.personal_value.insurer_id is '报送机构';
comment on column report.personal_value.record_key is '业务编号;个人号码已隐去';
comment on column report.personal_value.field is '字段名,见 report.field';
comment on column report.personal_value.value is '值;账号不可看个人信息时为(已隐去)';
comment on column report.personal_value.version_id is '版本号(平台内部),同该记录的视图';
