-- Rows that are held and open, by record type. Grain: one row a record type.
select
    r.record_type,
    count(*) as row_count
from (
    select distinct
        h.record_type,
        h.batch_id,
        h.row_no
    from report.held_row as h
    where h.insurer_id = :insurer_id and h.is_open
) as r
group by r.record_type
