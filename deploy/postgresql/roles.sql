-- What a DBA runs as superuser, before the first `anze migrate` and once after it; again it changes nothing but passwords.
--
--     psql -X -v ON_ERROR_STOP=1 -d postgres -f roles.sql
--
-- Passwords come by the environment, none is asked for and none stands in the list of processes; one that is not there is
-- not set: ANZE_ADMIN_PASSWORD, ANZE_AIRFLOW_DATABASE_PASSWORD; after `anze migrate` also ANZE_LOADER_PASSWORD,
-- ANZE_PORTAL_PASSWORD, ANZE_PORTAL_INSURER_PASSWORD, ANZE_PORTAL_REGULATOR_PASSWORD. PostgreSQL 15 to 18.
\set ON_ERROR_STOP on
\getenv anze_admin ANZE_ADMIN_PASSWORD
\getenv airflow ANZE_AIRFLOW_DATABASE_PASSWORD
\getenv anze_loader ANZE_LOADER_PASSWORD
\getenv anze_portal ANZE_PORTAL_PASSWORD
\getenv anze_portal_insurer ANZE_PORTAL_INSURER_PASSWORD
\getenv anze_portal_regulator ANZE_PORTAL_REGULATOR_PASSWORD
-- what follows holds passwords: it is for no log
set log_statement = 'none';
set log_min_duration_statement = -1;
set log_min_error_statement = 'panic';
set client_min_messages = 'warning';
set password_encryption = 'scram-sha-256';

-- anze_admin migrates, makes accounts and rehearses (createdb is for rehearsals and `verify --rebuild` only).
select 'create role anze_admin login createrole createdb'
where not exists (select from pg_catalog.pg_roles where rolname = 'anze_admin') \gexec
select 'create role airflow login'
where not exists (select from pg_catalog.pg_roles where rolname = 'airflow') \gexec

\if :{?anze_admin}
    alter role anze_admin password :'anze_admin';
\endif
\if :{?airflow}
    alter role airflow password :'airflow';
\endif
\if :{?anze_loader}
    select format('alter role anze_loader password %L', :'anze_loader') from pg_catalog.pg_roles where rolname = 'anze_loader' \gexec
\endif
\if :{?anze_portal}
    select format('alter role anze_portal password %L', :'anze_portal') from pg_catalog.pg_roles where rolname = 'anze_portal' \gexec
\endif
\if :{?anze_portal_insurer}
    select format('alter role anze_portal_insurer password %L', :'anze_portal_insurer') from pg_catalog.pg_roles where rolname = 'anze_portal_insurer' \gexec
\endif
\if :{?anze_portal_regulator}
    select format('alter role anze_portal_regulator password %L', :'anze_portal_regulator') from pg_catalog.pg_roles where rolname = 'anze_portal_regulator' \gexec
\endif

-- New accounts get their limits without a DBA; `anze user disable` ends their sessions.
grant set on parameter temp_file_limit, log_statement to anze_admin;
grant pg_signal_backend to anze_admin;

-- The hub's database and Airflow's; nobody else may enter either.
select 'create database anze owner anze_admin encoding ''UTF8'' template template0'
where not exists (select from pg_catalog.pg_database where datname = 'anze') \gexec
select 'create database airflow owner airflow encoding ''UTF8'' template template0'
where not exists (select from pg_catalog.pg_database where datname = 'airflow') \gexec
revoke all on database airflow from public;
revoke connect, temporary on database postgres, template1 from public;

\connect anze
set client_min_messages = 'warning';
select exists (select from pg_catalog.pg_roles where rolname = 'anze_owner') as is_migrated \gset
\if :is_migrated
    -- A login that holds advisory locks can block a load; large objects and messages are data that nothing accounts for.
    select format(
        'revoke execute on function %1$s from public; %2$s', f.name,
        case when f.name like '%advisory%' then format('grant execute on function %s to anze_loader', f.name) end
    )
    from (
        select p.oid::pg_catalog.regprocedure::text as name
        from pg_catalog.pg_proc as p
        where p.pronamespace = 'pg_catalog'::pg_catalog.regnamespace
            and p.prokind = 'f'
            and (p.proname ~ '^(pg_(try_)?advisory_|lo_|loread$|lowrite$)' or p.proname = 'pg_logical_emit_message')
            and exists (
                select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) as a
                where a.grantee = 0 and a.privilege_type = 'EXECUTE'
            )
    ) as f \gexec
    -- The audit reads in the server's log what readers asked.
    grant execute on function
        pg_catalog.pg_ls_logdir(), pg_catalog.pg_current_logfile(text),
        pg_catalog.pg_read_binary_file(text, bigint, bigint, boolean)
    to anze_owner;
    \echo 'done: `anze migrate --dba` prints what is left'
\else
    \echo 'next: `anze migrate` as anze_admin, then this script again'
\endif
