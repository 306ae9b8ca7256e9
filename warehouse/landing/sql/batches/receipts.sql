-- Receipts, newest first, each with the state and open warnings of the batch that has its verdict. Grain: one row a batch.
-- Null parameters do not restrict.
select
    b.batch_id,
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
    b.reason_code,
    b.reason_text,
    b.loaded_at,
    b.replaces,
    b.replaces_from,
    b.replaces_to,
    b.live_count,
    b.missing_count,
    l.withdrawn_count,
    b.declared_row_count,
    b.declared_amount_field,
    b.declared_amount,
    b.again_of,
    coalesce(original.state, b.state) as verdict_state,
    warned.warning_count,
    discard.batch_id is not null as is_discarded
from landing.batch as b
left join landing.batch as original on b.duplicate_of = original.batch_id
left join landing.discard as discard on b.batch_id = discard.batch_id
left join lateral (
    select count(*) as warning_count
    from quality.finding as f
    where
        f.batch_id = coalesce(b.duplicate_of, b.batch_id) and f.severity = 'warning' and f.resolved_at is null
) as warned on true
left join landing.load as l on b.batch_id = l.batch_id and l.kind = 'first'
where
    (cast(:batch_id as bigint) is null or b.batch_id = :batch_id)
    and (cast(:insurer_id as text) is null or b.insurer_id = :insurer_id)
    and (cast(:record_type as text) is null or b.record_type = :record_type)
    and (cast(:state as text) is null or b.state = :state)
order by b.batch_id desc
limit :row_limit
