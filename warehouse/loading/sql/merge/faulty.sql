-- Rows with at least one error. Grain: one row a row of the batch. An error of the whole batch holds every row.
create temporary table faulty on commit drop as
select s.row_no
from staged as s
where
    exists (
        select 1 from staged_finding as f
        where f.severity = 'error' and f.row_no is null
    )
    or s.row_no in (
        select f.row_no from staged_finding as f
        where f.severity = 'error' and f.row_no is not null
    )
