-- What is due soon. Grain: one row a record that is expected.
select d.*
from report.due_soon_at(:as_of, :known_at, :within_working_days) as d
where d.insurer_id = coalesce(:insurer_id, d.insurer_id)
order by d.deadline_on, d.insurer_id, d.record_type, d.record_key collate "C"
