-- One receipt as its manifest says it, with its number and moment, and its parts. Grain: one row, none where it is there.
-- Limits: callers hold the feed's advisory lock. A refusal is told by a statement of its own.
with manifest as (
    select m.*
    from jsonb_to_record(cast(:manifest as jsonb)) as m (
        batch_id bigint, insurer_id text, record_type text, channel text, received_at timestamptz,
        interval_start timestamptz, interval_end timestamptz, digest text, duplicate_of bigint, again_of bigint,
        follows_batch_id bigint, definition_digest text, declared_row_count bigint, declared_amount_field text,
        declared_amount numeric, replaces text, replaces_from date, replaces_to date, files jsonb, submission jsonb
    )
),

landed as (
    insert into landing.batch (
        batch_id, insurer_id, record_type, channel, received_at, interval_start, interval_end, digest, state,
        duplicate_of, again_of, follows_batch_id, definition_digest, declared_row_count, declared_amount_field,
        declared_amount, replaces, replaces_from, replaces_to
    )
    overriding system value
    select
        m.batch_id,
        m.insurer_id,
        m.record_type,
        m.channel,
        m.received_at,
        m.interval_start,
        m.interval_end,
        m.digest,
        case when m.duplicate_of is null then 'received' else 'duplicate' end as state,
        m.duplicate_of,
        m.again_of,
        m.follows_batch_id,
        m.definition_digest,
        m.declared_row_count,
        m.declared_amount_field,
        m.declared_amount,
        m.replaces,
        m.replaces_from,
        m.replaces_to
    from manifest as m
    on conflict (batch_id) do nothing
    returning batch_id, received_at, core.receipt_no(batch_id, received_at, digest) as receipt_no
),

files as (
    select
        landed.batch_id,
        landed.received_at,
        f.*
    from landed
    cross join manifest
    cross join jsonb_to_recordset(manifest.files) as f (
        position integer, name text, media_type text, sha256 text, size_bytes bigint, version_id text
    )
),

kept as (
    insert into landing.payload (sha256, size_bytes, media_type, landed_at)
    select distinct on (files.sha256)
        files.sha256,
        files.size_bytes,
        files.media_type,
        files.received_at
    from files
    order by files.sha256, files.position
    on conflict (sha256) do nothing
),

parts as (
    insert into landing.batch_payload (batch_id, position, sha256, name, version_id)
    select
        files.batch_id,
        files.position,
        files.sha256,
        files.name,
        files.version_id
    from files
),

submitted as (
    insert into landing.submission (
        batch_id, insurer_id, submitted_by, via, client, idempotency_key, request_sha256
    )
    select
        landed.batch_id,
        manifest.insurer_id,
        s.submitted_by,
        s.via,
        s.client,
        s.idempotency_key,
        s.request_sha256
    from landed
    cross join manifest
    cross join
        jsonb_to_record(manifest.submission)
            as s (
                submitted_by text, via text, client text, idempotency_key text, request_sha256 text
            )
    where jsonb_typeof(manifest.submission) = 'object'
)

select landed.receipt_no
from landed
