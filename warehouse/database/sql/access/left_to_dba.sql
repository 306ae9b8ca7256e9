-- What is open that should be closed, and closed that the hub needs, where only a superuser may change it.
-- Grain: one row. Scope: the connected database, and the login's own rights in the server.
-- Limits: is_open tells as warehouse/database/sql/access/close_builtins.sql chooses.
select
    quote_ident(current_database()) as database,
    quote_ident(current_user) as login,
    exists(
        select 1
        from pg_catalog.pg_proc as p
        cross join lateral aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) as a
        where
            p.pronamespace = 'pg_catalog'::regnamespace
            and p.prokind = 'f'
            and (p.proname ~ '^(pg_(try_)?advisory_|lo_|loread$|lowrite$)' or p.proname = 'pg_logical_emit_message')
            and a.grantee = 0
            and a.privilege_type = 'EXECUTE'
    ) as is_open,
    array(
        select f.name
        from
            unnest(
                array[
                    'pg_ls_logdir()', 'pg_current_logfile(text)', 'pg_read_binary_file(text, bigint, bigint, boolean)'
                ]
            ) as f (name)
        where not has_function_privilege('anze_owner', 'pg_catalog.' || f.name, 'execute')
        order by f.name
    ) as log_functions,
    array(
        select s.name
        from pg_catalog.pg_settings as s
        where
            s.name = any(:names)
            and s.context = 'superuser'
            and not has_parameter_privilege(s.name, 'set')
        order by s.name
    ) as settings,
    pg_has_role('pg_signal_backend', 'usage') as may_end_sessions
