-- The account that handed a batch in. Grain: one row.
insert into landing.submission (
    batch_id, insurer_id, submitted_by, via, client, idempotency_key, request_sha256
)
values (:batch_id, :insurer_id, :login, :via, :client, :idempotency_key, :request_sha256)
