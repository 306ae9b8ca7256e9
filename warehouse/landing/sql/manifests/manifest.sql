-- What the store keeps of a receipt: everything that is needed to land the delivery again as it was.
-- Grain: one row. Scope: what was known when it landed; a verdict is none of it, but for a refusal on arrival.
-- Limits: cursor is told by whoever lands, and not kept in the receipt; a manifest that is written later has none.
select
    jsonb_build_object(
        'format', :format,
        'receipt_no', core.receipt_no(b.batch_id, b.received_at, b.digest),
        'batch_id', b.batch_id,
        'insurer_id', b.insurer_id,
        'record_type', b.record_type,
        'channel', b.channel,
        'received_at', landing.utc(b.received_at),
        'interval_start', landing.utc(b.interval_start),
        'interval_end', landing.utc(b.interval_end),
        'cursor', landing.utc(cast(:cursor as timestamptz)),
        'digest', b.digest,
        'duplicate_of', b.duplicate_of,
        'again_of', b.again_of,
        'follows_batch_id', b.follows_batch_id,
        'definition_digest', b.definition_digest,
        'declared_row_count', b.declared_row_count,
        'declared_amount_field', b.declared_amount_field,
        'declared_amount', b.declared_amount,
        'replaces', b.replaces,
        'replaces_from', b.replaces_from,
        'replaces_to', b.replaces_to,
        'files', coalesce((
            select
                jsonb_agg(jsonb_build_object(
                    'position', part.position,
                    'name', part.name,
                    'media_type', payload.media_type,
                    'sha256', part.sha256,
                    'size_bytes', payload.size_bytes,
                    'version_id', part.version_id
                ) order by part.position)
            from landing.batch_payload as part
            inner join landing.payload as payload on part.sha256 = payload.sha256
            where part.batch_id = b.batch_id
        ), '[]'),
        'submission', (
            select to_jsonb(s) - 'batch_id' - 'insurer_id'
            from landing.submission as s
            where s.batch_id = b.batch_id
        ),
        'refusal', (
            select jsonb_build_object('code', b.reason_code, 'text', b.reason_text, 'found_in', f.value)
            from quality.finding as f
            where
                f.batch_id = b.batch_id
                and f.rule_id = b.reason_code
                and b.state = 'rejected'
                and b.loaded_at = b.received_at
                and not exists (
                    select 1
                    from landing.load as l
                    where l.batch_id = b.batch_id
                )
            order by f.opened_at
            limit 1
        )
    )
from landing.batch as b
where b.batch_id = :batch_id
