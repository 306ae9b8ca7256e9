-- Closes what PostgreSQL lets every login do in any database: write large objects and the log, hold advisory locks.
-- Grain: one built-in function. Scope: the connected database; advisory locks stay with the loader.
-- Exclusions: functions that only superusers may call anyway. Limits: an owner of no superuser right changes nothing.
do $$
declare
    builtin regprocedure;
begin
    for builtin in
        select p.oid
        from pg_catalog.pg_proc as p
        where p.pronamespace = 'pg_catalog'::regnamespace
            and p.prokind = 'f'
            and (p.proname ~ '^(pg_(try_)?advisory_|lo_|loread$|lowrite$)' or p.proname = 'pg_logical_emit_message')
            and exists (
                select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) as a
                where a.grantee = 0 and a.privilege_type = 'EXECUTE'
            )
    loop
        execute format('revoke execute on function %s from public', builtin);
        if builtin::text like '%advisory%' then
            execute format('grant execute on function %s to anze_loader', builtin);
        end if;
    end loop;
end
$$
