-- Deliveries that the caller may see, newest first. Grain: one row a batch.
-- Scope: null parameters do not restrict; before: only batches of smaller numbers, for the next page.
select
    b.batch_id,
    b.receipt_no,
    b.insurer_id,
    b.record_type,
    b.channel,
    b.received_at,
    b.state,
    b.duplicate_of,
    b.received_count,
    b.accepted_count,
    b.quarantined_count,
    b.duplicate_count,
    b.superseded_count,
    b.withdrawn_count,
    b.missing_count,
    b.reason_code,
    b.reason_text,
    b.loaded_at,
    b.submitted_by,
    b.submitted_via,
    b.is_discarded,
    (
        select min(f.file_name) from report.batch_file as f
        where f.batch_id = b.batch_id
    ) as file_name
from report.batch as b
where
    (cast(:batch_id as bigint) is null or b.batch_id = :batch_id)
    and (cast(:insurer_id as text) is null or b.insurer_id = :insurer_id)
    and (cast(:record_type as text) is null or b.record_type = :record_type)
    and (cast(:state as text) is null or b.state = :state)
    and (cast(:submitted_by as text) is null or b.submitted_by = :submitted_by)
    and (cast(:since as date) is null or b.received_at >= cast(:since as date))
    and (cast(:until as date) is null or b.received_at < cast(:until as date) + 1)
    and (cast(:before as bigint) is null or b.batch_id < :before)
order by b.batch_id desc
limit :row_limit
