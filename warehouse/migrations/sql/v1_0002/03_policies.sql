-- Row security of every table of ours.
-- Grain: a table has a policy seen (of the owner, as which views and functions read), loaded (of the loader, all rows)
--   and explained (of the role that computes the records behind a cell, all rows). No other role has one: a right on a
--   table that is granted by mistake shows no row.
-- Scope: which rows are seen follows from the columns of a table, and what follows from none is seen by those who see
--   all: a table that a later migration adds is protected by `anze migrate` without being named.
--   open: registers, reference tables and what says how figures were made: every entitled caller.
--   area: its own region, sector and insurer. Records that name a policy, claim or service: those whose current version
--   the caller sees. Others: those of the insurer, for callers bound to one; all, for callers bound to no area.
-- Limits: a version of a policy is seen where it says that it is; an endorsement moves figures, not rights.
create function access.condition(relation regclass) returns text
language sql stable set search_path = pg_catalog, pg_temp as $function$
    with known as (
        select
            n.nspname as schema_name,
            n.nspname || '.' || c.relname as name,
            array(
                select cast(a.attname as text) from pg_attribute as a
                where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            ) as columns
        from pg_class as c
        inner join pg_namespace as n on n.oid = c.relnamespace
        where c.oid = $1
    ),
    word as (
        select
            k.*,
            case when 'domain_code' = any(k.columns) then 'domain_code' else 'high_risk_domain_code' end as domain_column,
            $$((select access.all_insurers()) or insurer_id = (select access.insurer()))$$ as of_insurer,
            $$(select access.all_areas()) and (select access.all_insurers())$$ as of_nobody
        from known as k
    )
    select
        case
            when w.schema_name in ('access', 'migration') then 'true'
            when
                w.schema_name = 'reference'
                or w.name in (
                    'core.insurer', 'core.agency', 'core.rule_threshold', 'mart.publication', 'mart.frozen',
                    'mart.indicator_definition', 'mart.publication_definition', 'mart.publication_gap',
                    'mart.month_computed', 'mart.contribution_query'
                )
                then '(select access.is_entitled())'
            when w.columns @> array['region_code', 'insurer_id', w.domain_column]
                then format(
                    $$((select access.all_regions()) or region_code = any((select access.regions())::text[]))
                    and ((select access.all_domains()) or %I = any((select access.domains())::text[]))
                    and %s$$,
                    w.domain_column, w.of_insurer
                )
            when w.columns @> '{insurer_id,policy_no}'
                then w.of_insurer || $$ and ((select access.all_areas()) or (insurer_id, policy_no) in (
                    select s.insurer_id, s.policy_no from access.seen_policies() as s))$$
            when w.columns @> '{insurer_id,report_no}'
                then w.of_insurer || $$ and ((select access.all_areas()) or (insurer_id, report_no) in (
                    select s.insurer_id, s.report_no from access.seen_claims() as s))$$
            when w.columns @> '{insurer_id,service_no}'
                then w.of_insurer || $$ and ((select access.all_areas()) or (insurer_id, service_no) in (
                    select s.insurer_id, s.service_no from access.seen_services() as s))$$
            when w.columns @> '{insurer_id}' then w.of_insurer || ' and (select access.all_areas())'
            when w.columns @> '{batch_id}' and w.schema_name in ('landing', 'quality', 'quarantine')
                then format(
                    $$(%s) or batch_id in (select s.batch_id from access.seen_batches() as s)$$, w.of_nobody
                )
            when w.name = 'landing.payload'
                then format(
                    $$(%s) or sha256 in (select s.sha256 from access.seen_payloads() as s)$$, w.of_nobody
                )
            else w.of_nobody
        end
    from word as w
$function$;
comment on function access.condition is 'which rows of a table a caller sees, by the columns that it has';

-- Give a table its row security. A migration that adds a column by which rows are told apart calls this again.
create procedure access.protect_rows(relation regclass) language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    execute format('alter table %s enable row level security, force row level security', relation);
    execute format('drop policy if exists seen on %s', relation);
    execute format('drop policy if exists loaded on %s', relation);
    execute format('create policy seen on %s to anze_owner using (%s)', relation, access.condition(relation));
    execute format('create policy loaded on %s to anze_loader using (true)', relation);
    if relation in ('landing.batch'::regclass, 'landing.batch_payload'::regclass, 'mart.contribution_query'::regclass)
        or (
            select c.relnamespace in ('core'::regnamespace, 'reference'::regnamespace) from pg_class as c
            where c.oid = relation
        )
    then
        execute format('drop policy if exists explained on %s', relation);
        execute format('create policy explained on %s for select to anze_explainer using (true)', relation);
        execute format('grant select on %s to anze_explainer', relation);
    end if;
end
$$;

-- Every table of ours that has no row security yet gets it; views of core, which the loader's rules read, are read as who
-- asks: no view of schema report stands on them. `anze migrate` calls this after each upgrade.
create procedure access.protect_everything() language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    ours text [] := array['landing', 'core', 'quarantine', 'quality', 'reference', 'mart', 'migration', 'access'];
    relation regclass;
begin
    for relation in
        select c.oid from pg_class as c
        where c.relnamespace = any(ours::regnamespace []) and c.relkind in ('r', 'p') and not c.relforcerowsecurity
        order by c.oid
    loop
        call access.protect_rows(relation);
    end loop;
    for relation in
        select c.oid from pg_class as c
        where
            c.relnamespace = 'core'::regnamespace and c.relkind = 'v'
            and not coalesce('security_invoker=true' = any(c.reloptions), false)
        order by c.oid
    loop
        execute format('alter view %s set (security_invoker = true)', relation);
    end loop;
end
$$;
