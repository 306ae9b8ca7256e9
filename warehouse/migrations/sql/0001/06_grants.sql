-- Column grants of the core tables: the loader may close a version and nothing else.
do $$
declare
    each_table text;
begin
    for each_table in select tablename from pg_tables where schemaname = 'core' loop
        execute format('grant update (superseded_at) on core.%I to anze_loader', each_table);
    end loop;
end
$$;
