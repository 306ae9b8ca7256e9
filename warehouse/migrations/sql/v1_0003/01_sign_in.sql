-- Signing in at the portal: passwords, sessions, tokens, second factors, and what slows down who guesses.
-- Grain: see each table.
-- Scope: the portal's own login anze_portal executes these functions and has no other right: it can list neither
--   passwords nor sessions. Times are the server's own: a sandbox's clock does not move them.
-- Exclusions: psql and BI tools sign in with the same password at the server itself (SCRAM).
-- Limits: a token or session that is not known, has ended or has expired gives no row, and nothing says which.

-- One row an account: its password as argon2id, and the secret of its second factor.
create table access.credential (
    role_name text primary key,
    password_hash text not null check (password_hash like '$argon2id$%'),
    totp_secret text,
    last_totp_step bigint,
    changed_at timestamptz not null default now()
);
comment on column access.credential.last_totp_step is 'the newest step whose code was used: a code signs in once';

-- One row a kind of account: whether it signs in with a second factor.
create table access.second_factor (
    kind text primary key,
    is_required boolean not null,
    set_by text not null,
    set_at timestamptz not null default now()
);

-- One row a session: the digest of its cookie, never the cookie.
create table access.session (
    token_sha256 bytea primary key check (length(token_sha256) = 32),
    role_name text not null,
    csrf text not null,
    client text not null,
    opened_at timestamptz not null default now(),
    seen_at timestamptz not null default now(),
    ends_at timestamptz not null
);
create index session_of on access.session (role_name);

-- One row a token of the API: its digest, scopes and end. What is revoked stays.
create table access.token (
    token_id bigint generated always as identity primary key,
    token_sha256 bytea not null unique check (length(token_sha256) = 32),
    role_name text not null,
    name text not null check (name <> ''),
    scopes text[] not null check (scopes <@ array['read', 'submit'] and cardinality(scopes) > 0),
    created_by text not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null check (expires_at > created_at),
    revoked_at timestamptz,
    last_used_at timestamptz
);
create index token_of on access.token (role_name);

-- One row a login or address that failed lately: how often, and until when it waits. Subjects are digests: what people type
-- into the field of a login may be a password.
create table access.sign_in_failure (
    subject_sha256 bytea primary key,
    failure_count integer not null,
    failed_at timestamptz not null,
    waits_until timestamptz not null
);

create type access.person as (
    role_name text, kind text, region_codes text [], domain_codes text [], insurer_id text, sees_personal boolean
);

create function access.person_of(login text) returns setof access.person
language sql stable rows 1 set search_path = pg_catalog, pg_temp as $$
    select e.role_name, e.kind, e.region_codes, e.domain_codes, e.insurer_id, e.sees_personal
    from access.entitlement as e
    where e.role_name = $1 and e.valid_from <= now() and (e.valid_to is null or e.valid_to > now())
$$;

create function access.sign_in_facts(login text)
returns table (password_hash text, totp_secret text, needs_totp boolean)
language sql stable rows 1 security definer set search_path = pg_catalog, pg_temp as $$
    select c.password_hash, c.totp_secret, coalesce(f.is_required, false)
    from access.person_of($1) as p
    inner join access.credential as c on c.role_name = p.role_name
    left join access.second_factor as f on f.kind = p.kind
$$;
comment on function access.sign_in_facts is 'what a password is checked against; no row for a login that has none';

create function access.asks_for_codes() returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select exists (select from access.second_factor as f where f.is_required)
$$;
comment on function access.asks_for_codes is 'whether any kind of account signs in with a second factor';

create function access.waits(subjects bytea[]) returns integer
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select coalesce(max(cast(ceil(extract(epoch from f.waits_until - now())) as integer)), 0)
    from access.sign_in_failure as f
    where f.subject_sha256 = any($1) and f.waits_until > now()
$$;
comment on function access.waits is 'seconds that a login or address has to wait before it may try again';

-- The sixth failure in a row waits for 2 seconds, each further one twice as long, a quarter of an hour at most; an hour
-- without one forgets them. An address may fail ten times as often as a login.
create function access.note_failure(login_sha256 bytea, client_sha256 bytea) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
    insert into access.sign_in_failure as f (subject_sha256, failure_count, failed_at, waits_until)
    select s.subject, 1, now(), now() from (values ($1), ($2)) as s (subject)
    on conflict (subject_sha256) do update set
        failure_count = case when f.failed_at < now() - interval '1 hour' then 1 else f.failure_count + 1 end,
        failed_at = now(),
        waits_until = now() + case
            when f.failed_at < now() - interval '1 hour' then interval '0'
            when f.subject_sha256 = $1 and f.failure_count >= 5
                then interval '1 second' * least(900, power(2, least(f.failure_count - 4, 10)))
            when f.subject_sha256 = $2 and f.failure_count >= 50 then interval '60 seconds'
            else interval '0'
        end;
    delete from access.sign_in_failure as f where f.failed_at < now() - interval '1 day'
$$;

create function access.forget_failures(login_sha256 bytea) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
    delete from access.sign_in_failure as f where f.subject_sha256 = $1
$$;

create function access.use_totp_step(login text, step bigint) returns boolean
language sql security definer set search_path = pg_catalog, pg_temp as $$
    update access.credential as c set last_totp_step = $2
    where c.role_name = $1 and (c.last_totp_step is null or c.last_totp_step < $2)
    returning true
$$;
comment on function access.use_totp_step is 'true when no code of this step or a later one signed in before';

create function access.open_session(login text, token_sha256 bytea, csrf text, client text, lasts interval) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
    insert into access.session (token_sha256, role_name, csrf, client, ends_at)
    select $2, p.role_name, $3, $4, now() + $5 from access.person_of($1) as p;
    delete from access.session as s where s.ends_at < now() - interval '1 day'
$$;

-- A session ends by its end, by idleness, and with the right of its account.
create function access.session_of(token_sha256 bytea, idle interval)
returns table (
    role_name text, kind text, region_codes text[], domain_codes text[], insurer_id text, sees_personal boolean,
    csrf text
)
language plpgsql security definer rows 1 set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
begin
    update access.session as s set seen_at = now()
    where s.token_sha256 = $1 and s.ends_at > now() and s.seen_at < now() - interval '30 seconds'
        and s.seen_at > now() - $2;
    return query
    select p.role_name, p.kind, p.region_codes, p.domain_codes, p.insurer_id, p.sees_personal, s.csrf
    from access.session as s
    cross join lateral access.person_of(s.role_name) as p
    where s.token_sha256 = $1 and s.ends_at > now() and s.seen_at > now() - $2;
end
$$;

create function access.close_session(token_sha256 bytea) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
    delete from access.session as s where s.token_sha256 = $1
$$;

create function access.token_of(token_sha256 bytea)
returns table (
    role_name text, kind text, region_codes text[], domain_codes text[], insurer_id text, sees_personal boolean,
    token_id bigint, scopes text[]
)
language plpgsql security definer rows 1 set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
begin
    update access.token as t set last_used_at = now()
    where t.token_sha256 = $1 and (t.last_used_at is null or t.last_used_at < now() - interval '1 minute');
    return query
    select p.role_name, p.kind, p.region_codes, p.domain_codes, p.insurer_id, p.sees_personal, t.token_id, t.scopes
    from access.token as t
    cross join lateral access.person_of(t.role_name) as p
    where t.token_sha256 = $1 and t.revoked_at is null and t.expires_at > now();
end
$$;

-- Tokens as their owners and administrators see them: never the token.
create view report.api_token as
select
    t.token_id,
    t.role_name,
    t.name,
    t.scopes,
    t.created_by,
    t.created_at,
    t.expires_at,
    t.revoked_at,
    t.last_used_at
from access.token as t
where
    t.role_name = (select access.caller())
    or (select access.is_ours())
    or exists (
        select 1 from access.mine() as m
        where m.kind = 'auditor'
    );
comment on view report.api_token is '接口令牌:每个令牌一行,令牌本身不保存;审计账号看全部,其他账号只看自己';
comment on column report.api_token.token_id is '令牌编号';
comment on column report.api_token.role_name is '账号';
comment on column report.api_token.name is '用途';
comment on column report.api_token.scopes is '范围:read 查询, submit 报送';
comment on column report.api_token.created_by is '签发人';
comment on column report.api_token.created_at is '签发时间';
comment on column report.api_token.expires_at is '到期时间';
comment on column report.api_token.revoked_at is '作废时间,空为未作废';
comment on column report.api_token.last_used_at is '最近使用时间,精确到分钟';
