-- History is protected beyond core: published figures, receipts and their bytes, held rows and findings.
-- Scope: mart.* is written once. A receipt's evidence never changes, and nothing of it after its final state.
--   A held row and a finding change once, when a batch resolves them.
-- Limits: the owner and a superuser could drop the triggers; no role that logs in for the hub can. quality.milestone
--   holds the verdicts that stand now; those of every version stand in core.
create function mart.refuse_rewriting() returns trigger language plpgsql as $$
begin
    raise exception 'published figures are never rewritten' using errcode = '23001';
end
$$;

-- Protect a table of published figures; a migration that adds one calls it. By statement, so that publishing half a
-- million cells calls nothing.
create procedure mart.protect_figures(mart_table text) language plpgsql as $$
begin
    execute format('create trigger figures_kept before update or delete on mart.%I
        for each statement execute function mart.refuse_rewriting()', mart_table);
    execute format('create trigger figures_emptied before truncate on mart.%I
        for each statement execute function mart.refuse_rewriting()', mart_table);
    execute format('revoke update, delete, truncate on mart.%I from anze_loader', mart_table);
end
$$;
call mart.protect_figures('publication');
call mart.protect_figures('indicator_definition');
call mart.protect_figures('indicator_value');
call mart.protect_figures('indicator_exclusion');
call mart.protect_figures('timeliness');
alter default privileges in schema mart revoke update, delete on tables from anze_loader;

create or replace function landing.protect_receipt() returns trigger language plpgsql as $$
begin
    if tg_op <> 'UPDATE' then
        raise exception 'receipts are never deleted' using errcode = '23001';
    end if;
    if old.state in ('duplicate', 'loaded', 'partly_loaded', 'rejected') then
        raise exception 'a receipt in its final state is never rewritten' using errcode = '23001';
    end if;
    if (old.batch_id, old.insurer_id, old.record_type, old.channel, old.interval_start, old.interval_end,
        old.received_at, old.digest, old.definition_digest, old.duplicate_of, old.declared_row_count,
        old.declared_amount_field, old.declared_amount, old.replaces, old.replaces_from, old.replaces_to,
        old.follows_batch_id)
        is distinct from
       (new.batch_id, new.insurer_id, new.record_type, new.channel, new.interval_start, new.interval_end,
        new.received_at, new.digest, new.definition_digest, new.duplicate_of, new.declared_row_count,
        new.declared_amount_field, new.declared_amount, new.replaces, new.replaces_from, new.replaces_to,
        new.follows_batch_id) then
        raise exception 'receipts are never rewritten' using errcode = '23001';
    end if;
    return new;
end
$$;
call landing.protect_log('payload');
call landing.protect_log('batch_payload');

create function quality.refuse_rewriting() returns trigger language plpgsql as $$
begin
    raise exception 'what judging left is never rewritten' using errcode = '23001';
end
$$;

-- Everything but the resolution stands; the resolution is written once. Declared over columns, so that resolving
-- calls nothing.
create procedure quality.protect_judgement(judged_schema text, judged_table text) language plpgsql as $$
declare
    content text := (
        select string_agg(quote_ident(attname), ', ' order by attnum)
        from pg_catalog.pg_attribute
        where attrelid = format('%I.%I', judged_schema, judged_table)::regclass and attnum > 0 and not attisdropped
            and attname not in ('resolved_at', 'resolved_by_batch_id')
    );
begin
    execute format('create or replace trigger judgement_content before update of %s on %I.%I
        for each row execute function quality.refuse_rewriting()', content, judged_schema, judged_table);
    execute format('create or replace trigger judgement_resolved before update of resolved_at, resolved_by_batch_id
        on %I.%I for each row when (old.resolved_at is not null or new.resolved_at is null)
        execute function quality.refuse_rewriting()', judged_schema, judged_table);
    execute format('create or replace trigger judgement_removed before delete on %I.%I
        for each row execute function quality.refuse_rewriting()', judged_schema, judged_table);
    execute format('create or replace trigger judgement_emptied before truncate on %I.%I
        for each statement execute function quality.refuse_rewriting()', judged_schema, judged_table);
end
$$;
call quality.protect_judgement('quarantine', 'row');
call quality.protect_judgement('quality', 'finding');
