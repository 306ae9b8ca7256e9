-- Who sees which alert: who sees one of its records, and all of them who see everything.
-- Scope: the rule for schema alert is put before those of access.condition, and the schema is added to those that
--   `anze migrate` protects; both are changed in place, so that what another migration adds stays.
-- Limits: a step that one insurer's person took of its part of an alert of many is seen by that insurer and by those who
--   see all insurers. Runs and messages are seen by those who see everything.
create function access.seen_alerts() returns table (alert_no text)
language sql stable parallel restricted security definer rows 1000 set search_path = pg_catalog, pg_temp as $$
    select distinct r.alert_no from alert.record as r
$$;
grant execute on function access.seen_alerts to anze_reader, anze_regulator, anze_loader;

do $patch$
declare
    made text := pg_get_functiondef('access.condition'::regproc);
    mark text := E'            when w.columns @> array[''region_code'', ''insurer_id'', w.domain_column]';
begin
    if position(mark in made) = 0 then
        raise exception 'access.condition is not the one that this migration knows';
    end if;
    execute replace(made, mark, $case$            when w.schema_name = 'alert' and w.columns @> '{alert_no}' and w.name <> 'alert.record'
                then format('((%s) or alert_no in (select s.alert_no from access.seen_alerts() as s))', w.of_nobody)
                    || case when w.name = 'alert.event' then ' and (insurer_id is null or ' || w.of_insurer || ')' else '' end
$case$ || mark);
    made := pg_get_functiondef('access.protect_everything'::regproc);
    if position('''access''' in made) = 0 then
        raise exception 'access.protect_everything is not the one that this migration knows';
    end if;
    execute replace(made, '''access''', '''access'', ''alert''');
end
$patch$;
