-- What PostgreSQL plans by, for tables that grew since it last looked: after a first load, a migration or a restore
-- autovacuum is a minute late, and what is planned for an empty table takes hours on a full one.
-- Scope: tables that loads read, of more than 64 kB, which have more than twice the rows of before, or were never looked at.
-- Limits: coarse (3,000 rows a table). Naming the columns leaves the count of changes alone, so that autovacuum comes all
--   the same and looks closely.
create function core.keep_statistics() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp set default_statistics_target = 10 as $$
declare
    grown record;
begin
    for grown in
        select
            c.oid::regclass as relation,
            string_agg(quote_ident(a.attname), ', ') as columns
        from pg_class as c
        inner join pg_namespace as n on c.relnamespace = n.oid
        inner join pg_attribute as a on c.oid = a.attrelid and a.attnum > 0 and not a.attisdropped
        where
            n.nspname in ('core', 'landing', 'quality', 'quarantine', 'reference')
            and c.relkind = 'r'
            and (c.reltuples < 0 or pg_stat_get_mod_since_analyze(c.oid) > greatest(c.reltuples, 1000))
            and pg_relation_size(c.oid) > 65536
        group by c.oid
    loop
        execute format('analyze %s (%s)', grown.relation, grown.columns);
    end loop;
end;
$$;
comment on function core.keep_statistics is '表增长后更新统计信息,使查询计划不依赖运气';
