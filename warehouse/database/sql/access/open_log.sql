-- Lets the owner's functions read the server's log, from which the audit learns what readers ask with psql and BI tools.
-- Grain: three built-in functions. Scope: the connected database; files of the server's folder only.
-- Exclusions: a login that is no superuser allows nothing: a DBA does it (docs/regulators-sql.md).
-- Limits: the loader reaches the log's JSON files by access.log_piece alone.
do $$
begin
    if (select r.rolsuper from pg_catalog.pg_roles as r where r.rolname = current_user) then
        grant execute on function pg_catalog.pg_ls_logdir() to anze_owner;
        grant execute on function pg_catalog.pg_current_logfile(text) to anze_owner;
        grant execute on function pg_catalog.pg_read_binary_file(text, bigint, bigint, boolean) to anze_owner;
    end if;
end
$$
