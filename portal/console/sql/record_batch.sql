-- The delivery that wrote a version of a record.
-- Grain: one row, or none for who is not shown deliveries. Scope, exclusions, limits: as report.batch.
select
    b.batch_id,
    b.receipt_no,
    b.channel,
    b.received_at,
    b.state,
    b.received_count,
    b.submitted_by
from report.batch as b
where b.batch_id = :batch_id
