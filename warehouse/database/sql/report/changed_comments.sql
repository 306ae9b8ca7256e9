-- Statements that comment what does not say yet what it should, or says something else.
-- Grain: one row a table, function or column. Scope: wanted = the comments that the contracts give, as a JSON array.
-- Exclusions: a record type whose migration the database has not had.
select
    case
        when r.function_id is not null then format('comment on function %s is %L', r.function_id, w.meaning)
        when w."column" is null then format('comment on table %s is %L', r.relation_id, w.meaning)
        else format('comment on column %s.%I is %L', r.relation_id, w."column", w.meaning)
    end as line
from jsonb_to_recordset(cast(:wanted as jsonb)) as w (relation text, "column" text, meaning text)
cross join
    lateral (
        select
            case when w.relation like '%(%' then null else to_regclass(w.relation) end as relation_id,
            case when w.relation like '%(%' then to_regprocedure(w.relation) end as function_id
    ) as r
left join pg_catalog.pg_attribute as a on r.relation_id = a.attrelid and w."column" = a.attname
where
    coalesce(r.relation_id, cast(r.function_id as oid)) is not null
    and (w."column" is null or a.attnum is not null)
    and w.meaning is distinct from case
        when r.function_id is not null then obj_description(r.function_id, 'pg_proc')
        when w."column" is null then obj_description(r.relation_id, 'pg_class')
        else col_description(r.relation_id, a.attnum)
    end
