-- Report views of record types stand on their tables, so that the views of core between can be read as who asks.
-- Grain and scope: as before. Limits: none of its own.
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
