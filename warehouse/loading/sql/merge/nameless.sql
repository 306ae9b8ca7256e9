-- Rows without what every version needs (key, operation, time of change) and without an error that says so.
select s.row_no
from staged as s
where
    (s.record_key is null or s.source_updated_at is null or s.operation_code is null)
    and not exists (
        select 1 from staged_finding as f
        where f.severity = 'error' and f.row_no = s.row_no
    )
    and not exists (
        select 1 from staged_finding as f
        where f.severity = 'error' and f.row_no is null
    )
order by s.row_no
