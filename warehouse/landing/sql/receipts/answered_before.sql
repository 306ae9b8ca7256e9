-- The receipt that an account's key has. Grain: at most one row.
select
    b.batch_id,
    b.state,
    b.duplicate_of,
    b.again_of,
    s.request_sha256
from landing.submission as s
inner join landing.batch as b on s.batch_id = b.batch_id
where s.submitted_by = :submitted_by and s.idempotency_key = :idempotency_key
