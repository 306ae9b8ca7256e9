-- What the batch's accepted renumberings move, chains followed to their end. Grain: one row a number given up.
-- step: how many renumberings lie between.
create temporary table moved on commit drop as
with recursive chain as (
    select
        s.row_no,
        s.record_type_code,
        s.old_no,
        s.new_no,
        s.correction_reason_text as reason_text,
        1 as step
    from staged as s
    inner join outcome as o on s.row_no = o.row_no
    where o.outcome = 'accepted' and s.operation_code <> 'D'
    union all
    select
        c.row_no,
        c.record_type_code,
        c.old_no,
        r.new_no,
        c.reason_text,
        c.step + 1 as step
    from chain as c
    inner join core.renumbering_current as r
        on r.insurer_id = :insurer_id and c.record_type_code = r.record_type_code and c.new_no = r.old_no
    where c.step < :longest_chain
)

select distinct on (record_type_code, old_no)
    row_no,
    record_type_code,
    old_no,
    new_no,
    reason_text,
    step
from chain
order by record_type_code asc, old_no asc, step desc
