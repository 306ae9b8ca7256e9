-- Rows that are held and open, by record type. Grain: one row a record type.
select
    h.record_type,
    count(distinct (h.batch_id, h.row_no)) as row_count
from report.held_row as h
where h.insurer_id = :insurer_id and h.is_open
group by h.record_type
