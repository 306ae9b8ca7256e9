-- What the pooler may learn: the verifier of one reader's login, and of no other. A superuser runs it in the hub's database,
-- after roles.sql; with ANZE_POOLER_PASSWORD in the environment.
\set ON_ERROR_STOP on
\getenv pooler ANZE_POOLER_PASSWORD
set log_statement = 'none';
set log_min_error_statement = 'panic';
set client_min_messages = 'warning';
set password_encryption = 'scram-sha-256';
select 'create role pgbouncer login' where not exists (select from pg_catalog.pg_roles where rolname = 'pgbouncer') \gexec
alter role pgbouncer password :'pooler';
select format('grant connect on database %I to pgbouncer', current_database()) \gexec
create schema if not exists pgbouncer;
create or replace function pgbouncer.secret_of(wanted text) returns table (login name, secret text)
language sql stable security definer set search_path = pg_catalog
as $$
    select a.rolname, a.rolpassword
    from pg_authid as a
    where a.rolname = wanted
        and a.rolcanlogin
        and not a.rolsuper
        and (a.rolname = 'anze_regulator' or pg_has_role(a.oid, 'anze_reader', 'member'))
        and (a.rolvaliduntil is null or a.rolvaliduntil > now())
$$;
revoke all on function pgbouncer.secret_of(text) from public;
grant usage on schema pgbouncer to pgbouncer;
grant execute on function pgbouncer.secret_of(text) to pgbouncer;
