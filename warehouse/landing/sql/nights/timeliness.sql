-- How timely each record type's feeds were in one publication, all senders together.
-- Grain: one row a record type that had a verdict; the last row, '*', is the total.
select
    record_type,
    due_count,
    on_time_count,
    late_count,
    undetermined_count,
    on_time_ratio
from mart.timeliness
where publication_id = :publication_id and insurer_id = '*'
order by record_type = '*', record_type
