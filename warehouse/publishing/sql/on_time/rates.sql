-- On-time counts of the year to date. Grain: one row an insurer, record type, city and month.
select
    o.insurer_id,
    o.record_type,
    o.city_code,
    o.due_month,
    o.on_time_count,
    o.late_count,
    o.undetermined_count
from report.on_time_at(:as_of, :known_at) as o
