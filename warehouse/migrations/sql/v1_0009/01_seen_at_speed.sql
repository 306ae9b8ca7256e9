-- What a caller may see, found by an index and by parallel workers too.
-- Grain and scope: as in v1_0002: access.seen_policies reads fewer rows and lets the policy of core.policy judge each of
--   them, as before; a policy looks a row's area and sector up in a hash of the caller's, and walks no array for each row.
-- Why: a function that may not run in a worker keeps every query over records that hang on policies in one process. The
--   caller is known in a worker: PostgreSQL hands on the login and the role that it has set
--   (tests/warehouse/rights/test_parallel.py). Each worker builds the set for itself, so that the set has to be cheap.
-- Limits: asked for callers bound to areas or sectors, as policies do; for others it is empty. The index is of collation C,
--   so that it serves this set and changes the plan of no other query.
create index policy_seen on core.policy (region_code collate "C", high_risk_domain_code collate "C")
include (insurer_id, policy_no) where superseded_at is null;

create or replace function access.seen_policies() returns table (insurer_id text, policy_no text)
language sql stable parallel safe security definer rows 1000 set search_path = pg_catalog, pg_temp as $$
    select p.insurer_id, p.policy_no
    from core.policy as p
    where
        p.superseded_at is null and not (select access.all_regions())
        and p.region_code collate "C" = any((select access.regions())::text[])
    union all
    select p.insurer_id, p.policy_no
    from core.policy as p
    where
        p.superseded_at is null and (select access.all_regions())
        and p.high_risk_domain_code collate "C" = any((select access.domains())::text[])
$$;

do $$
declare
    restricted regprocedure;
begin
    for restricted in
        select f.oid from pg_proc as f
        where f.pronamespace = 'access'::regnamespace and f.proparallel = 'r'
    loop
        execute format('alter function %s parallel safe', restricted);
    end loop;
end
$$;

do $patch$
declare
    made text := pg_get_functiondef('access.condition'::regproc);
    walked text;
begin
    foreach walked in array array['access.regions', 'access.domains'] loop
        if position(format('= any((select %s())::text[])', walked) in made) = 0 then
            raise exception 'access.condition is not the one that this migration knows';
        end if;
        made := replace(made, format('= any((select %s())::text[])', walked), format('in (select unnest(%s()))', walked));
    end loop;
    execute made;
end
$patch$;
