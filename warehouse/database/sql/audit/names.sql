-- Words that a statement may hold as they are: names of schema report, of its views, functions and columns.
-- Grain: one row a word; is_relation: a view or function that can be read from. Scope: the connected database.
-- Exclusions: none. Limits: none.
with report as (
    select n.oid as schema_id from pg_catalog.pg_namespace as n
    where n.nspname = 'report'
),

relation as (
    select
        cast(c.relname as text) as word,
        c.oid as relation_id
    from report as s
    inner join pg_catalog.pg_class as c on s.schema_id = c.relnamespace
    where c.relkind in ('v', 'm', 'r')
)

select
    r.word,
    true as is_relation
from relation as r
union
select
    cast(p.proname as text) as word,
    true as is_relation
from report as s
inner join pg_catalog.pg_proc as p on s.schema_id = p.pronamespace
union
select
    cast(a.attname as text) as word,
    false as is_relation
from relation as r
inner join pg_catalog.pg_attribute as a on r.relation_id = a.attrelid
where a.attnum > 0
