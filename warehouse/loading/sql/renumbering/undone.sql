-- Renumberings that an accepted opposite one undoes. Grain: one row a renumbering.
-- Scope: the one that gave up the number which the record takes back, if its chain ends where the new one begins.
create temporary table undone on commit drop as
with recursive walk as (
    select
        s.row_no,
        s.record_type_code,
        s.old_no as target_no,
        s.new_no as first_no,
        s.new_no as at_no,
        1 as step
    from staged as s
    inner join outcome as o on s.row_no = o.row_no
    where o.outcome = 'accepted' and s.operation_code <> 'D'
    union all
    select
        w.row_no,
        w.record_type_code,
        w.target_no,
        w.first_no,
        r.new_no as at_no,
        w.step + 1 as step
    from walk as w
    inner join core.renumbering_current as r
        on r.insurer_id = :insurer_id and w.record_type_code = r.record_type_code and w.at_no = r.old_no
    where w.at_no <> w.target_no and w.step < :longest_chain
)

select distinct on (r.version_id)
    r.version_id,
    w.row_no,
    s.source_updated_at
from walk as w
inner join staged as s on w.row_no = s.row_no
inner join core.renumbering_current as r
    on r.insurer_id = :insurer_id and w.record_type_code = r.record_type_code and w.first_no = r.old_no
where w.at_no = w.target_no
order by r.version_id, w.row_no
