-- What an insurer owes of each record type now. Grain: one row an expected record type.
-- Scope: due by the next working day, as report.due_soon_at forecasts it.
select
    s.record_type,
    count(d.record_key) as due_count,
    s.is_silent,
    s.working_days_without
from report.silence_at(:as_of, :known_at) as s
left join report.due_soon_at(:as_of, :known_at, 1) as d
    on s.insurer_id = d.insurer_id and s.record_type = d.record_type
where s.insurer_id = :insurer_id
group by s.record_type, s.is_silent, s.working_days_without
