-- The columns of a core table as ``v``, its verdict laid over by ``a``. Grain: one row.
select
    string_agg(
        case
            when a.attname in ('deadline_on', 'timeliness')
                then format('case when a.version_id is null then v.%1$I else a.%1$I end', a.attname)
            else format('v.%I', a.attname)
        end,
        ', ' order by a.attnum
    ) as columns
from pg_catalog.pg_attribute as a
where a.attrelid = cast(:core as regclass) and a.attnum > 0 and not a.attisdropped
