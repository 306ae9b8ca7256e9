-- What the caller may see.
-- Grain: one value, or one row a key that the caller may see.
-- Scope: the caller is the login, or the role that it has set: a view or function that runs as its owner is asked by
--   somebody, and no login can set a role that it is no member of. Policies call each of these once a query, as
--   (select f()), never once a row. What says that all is seen says so for owner, loader and superusers.
-- Limits: parallel workers do not call them; since v1_0009 they may.
create function access.caller() returns text
language sql stable parallel restricted security definer set search_path = pg_catalog, pg_temp as $$
    select case current_setting('role') when 'none' then cast(session_user as text) else current_setting('role') end
$$;
comment on function access.caller is 'the login, or the role that it has set, whatever function or view runs';

create function access.mine() returns setof access.entitlement
language sql stable parallel restricted security definer rows 1 set search_path = pg_catalog, pg_temp as $$
    select e.*
    from access.entitlement as e
    where e.role_name = access.caller() and e.valid_from <= now() and (e.valid_to is null or e.valid_to > now())
$$;

create function access.is_ours() returns boolean
language sql stable parallel restricted security definer set search_path = pg_catalog, pg_temp as $$
    select pg_has_role(access.caller(), 'anze_owner', 'member') or access.caller() = 'anze_loader'
$$;
comment on function access.is_ours is 'whether the caller is the owner, the loader or a superuser';

create function access.is_entitled() returns boolean
language sql stable parallel restricted security definer set search_path = pg_catalog, pg_temp as $$
    select access.is_ours() or exists (select from access.mine())
$$;

create function access.all_regions() returns boolean
language sql stable parallel restricted security definer set search_path = pg_catalog, pg_temp as $$
    select access.is_ours() or coalesce((select '*' = any(e.region_codes) from access.mine() as e), false)
$$;

create function access.all_domains() returns boolean
language sql stable parallel restricted security definer set search_path = pg_catalog, pg_temp as $$
    select access.is_ours() or coalesce((select '*' = any(e.domain_codes) from access.mine() as e), false)
$$;

create function access.all_areas() returns boolean
language sql stable parallel restricted security definer set search_path = pg_catalog, pg_temp as $$
    select access.all_regions() and access.all_domains()
$$;
comment on function access.all_areas is 'whether the caller sees every area and sector, those of no record included';

create function access.all_insurers() returns boolean
language sql stable parallel restricted security definer set search_path = pg_catalog, pg_temp as $$
    select access.is_ours() or coalesce((select e.insurer_id = '*' from access.mine() as e), false)
$$;

create function access.sees_personal() returns boolean
language sql stable parallel restricted security definer set search_path = pg_catalog, pg_temp as $$
    select access.is_ours() or coalesce((select e.sees_personal from access.mine() as e), false)
$$;
comment on function access.sees_personal is 'whether the caller is shown names, phones and texts about persons';

create function access.insurer() returns text
language sql stable parallel restricted security definer set search_path = pg_catalog, pg_temp as $$
    select e.insurer_id from access.mine() as e where e.insurer_id <> '*'
$$;

create function access.domains() returns text[]
language sql stable parallel restricted security definer set search_path = pg_catalog, pg_temp as $$
    select
        case when '10' = any(e.domain_codes) then e.domain_codes || array['11', '12'] else e.domain_codes end
    from access.mine() as e
$$;
comment on function access.domains is '账号可见的行业领域;10 含 11、12';

-- Every code that counts for an entitled region: its counties, and former codes of all of them. A former code that is
-- entitled itself brings no more than itself: what became of it may be larger.
create function access.regions() returns text[]
language sql stable parallel restricted security definer set search_path = pg_catalog, pg_temp as $$
    select array_agg(distinct c.code)
    from access.mine() as e
    cross join lateral (
        select unnest(e.region_codes) as code
        union all
        select r.region_code
        from reference.region_resolution as r
        where array[r.county_code, r.city_code, r.province_code] && e.region_codes
    ) as c
$$;
comment on function access.regions is '账号可见的全部地区代码,已撤并的在内';

-- Keys of the records that the caller may see, for the records that hang on them: each runs as the owner, whose reading
-- the policies bound by what the caller may see.
create function access.seen_policies() returns table (insurer_id text, policy_no text)
language sql stable parallel restricted security definer rows 1000 set search_path = pg_catalog, pg_temp as $$
    select p.insurer_id, p.policy_no from core.policy as p where p.superseded_at is null
$$;

create function access.seen_claims() returns table (insurer_id text, report_no text)
language sql stable parallel restricted security definer rows 1000 set search_path = pg_catalog, pg_temp as $$
    select c.insurer_id, c.report_no from core.claim as c where c.superseded_at is null
$$;

create function access.seen_services() returns table (insurer_id text, service_no text)
language sql stable parallel restricted security definer rows 1000 set search_path = pg_catalog, pg_temp as $$
    select s.insurer_id, s.service_no from core.service_record as s where s.superseded_at is null
$$;

create function access.seen_batches() returns table (batch_id bigint)
language sql stable parallel restricted security definer rows 1000 set search_path = pg_catalog, pg_temp as $$
    select b.batch_id from landing.batch as b
$$;

create function access.seen_payloads() returns table (sha256 text)
language sql stable parallel restricted security definer rows 1000 set search_path = pg_catalog, pg_temp as $$
    select distinct f.sha256 from landing.batch_payload as f
$$;
