-- History is protected in the database: a version's content never changes and no version is removed.
-- Scope: every core table. The one permitted change is superseded_at, once, from null to a moment.
-- Limits: the owner and a superuser could drop the triggers; no role that logs in for the hub can.
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
