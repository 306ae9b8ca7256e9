-- History of records: what every version carries, how it is protected, and how it is read through both times.
-- Grain: one table core.<type> a record type, one row a version of a record; core.version one row a version of any type.
-- Scope: a record type's migration creates its table between migration.version_head and migration.version_tail, then calls
--   migration.make_history and migration.make_report. The one permitted change of a version is superseded_at, once, from
--   null to a moment. content_hash is null for a tombstone that the hub writes: row_no is 0 where a delivery withdraws the
--   record by not holding it, else the row of the renumbering that closes the number. A version that a renumbering
--   writes has that renumbering's batch and row, the content_hash of the row it is taken from, and this row as its
--   origin; origin columns are null for all others. as_of is a date of Shanghai; known_at a moment: recorded at or before it, superseded after it.
-- Limits: what was known at a moment is settled when every load that began before it has ended, or when figures were
--   published with it. The owner and a superuser could drop the triggers; no role that logs in for the hub can.
create table migration.version_head (
    version_id bigint generated always as identity primary key,
    insurer_id text not null
);

create table migration.version_tail (
    batch_id bigint not null,
    row_no bigint not null,
    content_hash text,
    origin_batch_id bigint,
    origin_row_no bigint,
    recorded_at timestamptz not null,
    superseded_at timestamptz,
    first_received_at timestamptz not null,
    deadline_on date,
    timeliness text constraint timeliness_known check (timeliness in ('on_time', 'late', 'undetermined')),
    is_withdrawn boolean not null default false,
    constraint content_or_tombstone check (content_hash is not null or is_withdrawn),
    constraint origin_is_a_row check ((origin_batch_id is null) = (origin_row_no is null)),
    constraint superseded_after_recorded check (superseded_at is null or superseded_at >= recorded_at)
);
comment on table migration.version_head is 'columns that a version of a record begins with, copied into each core table';
comment on table migration.version_tail is 'columns that a version of a record ends with, copied into each core table';

create function core.refuse_rewriting() returns trigger language plpgsql as $$
begin
    raise exception 'history is never rewritten' using errcode = '23001';
end
$$;

-- Put the triggers on a core table. They are declared over columns, so that the one permitted change calls nothing.
-- A migration that adds a column to a core table calls this again.
create procedure core.protect_history(core_table text) language plpgsql as $$
declare
    content text := (
        select string_agg(quote_ident(attname), ', ' order by attnum)
        from pg_catalog.pg_attribute
        where attrelid = format('core.%I', core_table)::regclass and attnum > 0 and not attisdropped
            and attname not in ('superseded_at', 'version_id')
    );
begin
    execute format('create or replace trigger history_content before update of %s on core.%I
        for each row execute function core.refuse_rewriting()', content || ', version_id', core_table);
    execute format('create or replace trigger history_closed before update of superseded_at on core.%I
        for each row when (old.superseded_at is not null or new.superseded_at is null)
        execute function core.refuse_rewriting()', core_table);
    execute format('create or replace trigger history_removed before delete on core.%I
        for each row execute function core.refuse_rewriting()', core_table);
    execute format('create or replace trigger history_emptied before truncate on core.%I
        for each statement execute function core.refuse_rewriting()', core_table);
end
$$;

-- List every record type in core.version. A record type's key is that of its index of current versions.
create procedure migration.list_versions() language plpgsql as $$
begin
    execute 'create or replace view core.version as ' || (
        select string_agg(
            format(
                'select %L as record_type, version_id, insurer_id, concat_ws(''|'', %s) as record_key, batch_id, row_no'
                ' from core.%I',
                t.relname,
                (
                    select string_agg(pg_get_indexdef(i.indexrelid, n.place, true), ', ' order by n.place)
                    from generate_series(1, i.indnatts - 1) as n (place)
                ),
                t.relname
            ),
            ' union all ' order by t.relname
        )
        from pg_catalog.pg_class as t
        inner join pg_catalog.pg_index as i on i.indrelid = t.oid
        inner join pg_catalog.pg_class as x on x.oid = i.indexrelid and x.relname = t.relname || '_current_key'
        where t.relnamespace = 'core'::regnamespace
    );
end
$$;

-- Give a core table its keys, its protection and its functions through both times. valid_on: the condition that a record
-- v speaks of the day $1.
create procedure migration.make_history(record_type text, key text[], valid_on text) language plpgsql as $procedure$
begin
    execute format(
        $sql$
            create unique index %1$I on core.%3$I (%2$s, insurer_id) where superseded_at is null;
            create index %4$I on core.%3$I (%2$s, insurer_id) where superseded_at is not null;
            create index %5$I on core.%3$I using brin (batch_id);
            create view core.%6$I as
            select * from core.%3$I where superseded_at is null and not is_withdrawn;
        $sql$,
        record_type || '_current_key', array_to_string(key, ', '), record_type, record_type || '_past_key',
        record_type || '_batch', record_type || '_current'
    );
    execute format(
        $sql$
            create function core.%2$I(known_at timestamptz) returns setof core.%1$I
            language sql stable parallel safe as $$
                select v.* from core.%1$I as v
                where v.recorded_at <= $1 and (v.superseded_at is null or v.superseded_at > $1) and not v.is_withdrawn
            $$;
            create function core.%3$I(as_of date, known_at timestamptz) returns setof core.%1$I
            language sql stable parallel safe as $$
                select v.* from core.%2$I($2) as v
                where %4$s
            $$;
            grant update (superseded_at) on core.%1$I to anze_loader;
        $sql$,
        record_type, record_type || '_known', record_type || '_at', valid_on
    );
    call core.protect_history(record_type);
    call migration.list_versions();
end
$procedure$;

-- Give a record type its view in schema report and its functions there, of the columns that are shown: none that is
-- personal or sensitive. A function of schema report runs as its owner, with a fixed search path, and is never opened up
-- into the query that calls it: no condition or plan of that query sees a column or row that it does not return.
create procedure migration.make_report(
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
        'create view report.%I (%s) as select %s from core.%I as v',
        told, array_to_string(names, ', '), selected, record_type || '_current'
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
