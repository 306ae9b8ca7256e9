-- Numbers that were given up, with the number that the record has today. Grain: one row a number given up.
-- Scope: the record types of :record_types; chains are followed to their end.
create temporary table renumbered on commit drop as
with recursive chain as (
    select
        r.record_type_code,
        r.old_no,
        r.new_no,
        1 as step
    from core.renumbering_current as r
    where r.insurer_id = :insurer_id and r.record_type_code = any(:record_types)
    union all
    select
        c.record_type_code,
        c.old_no,
        r.new_no,
        c.step + 1 as step
    from chain as c
    inner join core.renumbering_current as r
        on r.insurer_id = :insurer_id and c.record_type_code = r.record_type_code and c.new_no = r.old_no
    where c.step < :longest_chain
)

select distinct on (record_type_code, old_no)
    record_type_code,
    old_no,
    new_no
from chain
order by record_type_code asc, old_no asc, step desc
