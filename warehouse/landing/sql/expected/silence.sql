-- Where each expected feed stands. Grain: one row a feed.
select s.*
from report.silence_at(:as_of, :known_at) as s
where s.insurer_id = coalesce(:insurer_id, s.insurer_id)
order by s.is_silent desc, s.working_days_without desc nulls last, s.insurer_id asc, s.record_type asc
