-- How many deliveries a list has in all. Grain: one row. Scope: as batches.
select count(*) as total
from report.batch as b
where
    (cast(:insurer_id as text) is null or b.insurer_id = :insurer_id)
    and (cast(:record_type as text) is null or b.record_type = :record_type)
    and (cast(:state as text) is null or b.state = :state)
    and (cast(:submitted_by as text) is null or b.submitted_by = :submitted_by)
    and (cast(:since as date) is null or b.received_at >= cast(:since as date))
    and (cast(:until as date) is null or b.received_at < cast(:until as date) + 1)
