-- One receipt. Grain: one row. It is a duplicate of a batch of the same feed, digest and declared totals whose verdict
-- stands and would be the same: loaded or asked about, by the definition, and where rows are held by the contract and
-- rules, that judge now; unless what landed since may have undone it (for changes a replacing delivery, for a replacing
-- delivery, whose digest names what it replaces, anything at all). A dropped file is one of a dropped file that waits to
-- be judged, too: the same look judges it. Else again_of names the first batch of the same bytes, a file's refused by its
-- name or control file included.
-- Limits: callers hold the feed's advisory lock, so that two equal deliveries see each other. An empty version or digest
-- is not compared.
insert into landing.batch (
    batch_id, insurer_id, record_type, channel, interval_start, interval_end, received_at, digest, state, duplicate_of,
    definition_digest, declared_row_count, declared_amount_field, declared_amount, replaces, replaces_from, replaces_to,
    follows_batch_id, again_of
)
overriding system value
select
    :batch_id,
    :insurer_id,
    :record_type,
    :channel,
    cast(:interval_start as timestamptz) as interval_start,
    cast(:interval_end as timestamptz) as interval_end,
    :received_at,
    :digest,
    case when earlier.batch_id is null then 'received' else 'duplicate' end as state,
    earlier.batch_id as duplicate_of,
    :definition_digest,
    :declared_row_count,
    :declared_amount_field,
    :declared_amount,
    :replaces,
    cast(:replaces_from as date) as replaces_from,
    cast(:replaces_to as date) as replaces_to,
    last.batch_id as follows_batch_id,
    case when earlier.batch_id is null then original.batch_id end as again_of
from (
    select max(b.batch_id) filter (where cast(:replaces as text) is not null or b.replaces is not null) as batch_id
    from landing.batch as b
    where b.insurer_id = :insurer_id and b.record_type = :record_type and b.state <> 'duplicate'
) as last
left join lateral (
    select b.batch_id
    from landing.batch as b
    left join lateral (
        select
            l.definition_digest,
            l.contract_version,
            l.ruleset_version
        from landing.load as l
        where l.batch_id = b.batch_id
        order by l.load_no desc
        limit 1
    ) as judged on true
    where
        cast(:can_be_duplicate as boolean)
        and b.insurer_id = :insurer_id
        and b.record_type = :record_type
        and b.digest = :digest
        and (
            b.state in ('awaiting', 'loaded', 'partly_loaded')
            or (b.state = 'received' and b.channel = 'drop' and :channel = 'drop')
        )
        and b.declared_row_count is not distinct from cast(:declared_row_count as bigint)
        and b.declared_amount_field is not distinct from cast(:declared_amount_field as text)
        and b.declared_amount is not distinct from cast(:declared_amount as numeric)
        and case
            when cast(:replaces as text) is null then b.follows_batch_id is not distinct from last.batch_id
            else last.batch_id = b.batch_id
        end
        and (:definition_digest = '' or coalesce(judged.definition_digest, '') in (:definition_digest, ''))
        and (
            b.state <> 'partly_loaded'
            or (
                judged.contract_version = coalesce(nullif(:contract_version, ''), judged.contract_version)
                and judged.ruleset_version = coalesce(nullif(:ruleset_version, ''), judged.ruleset_version)
            )
        )
    order by b.batch_id desc
    limit 1
) as earlier on true
left join lateral (
    select min(b.batch_id) as batch_id
    from landing.batch as b
    where
        b.insurer_id = :insurer_id
        and b.record_type in (:record_type, 'unknown')
        and b.state <> 'duplicate'
        and exists (
            select 1
            from landing.batch_payload as part
            where part.batch_id = b.batch_id and part.sha256 = (cast(:sha256s as text[]))[1]
        )
        and array(
            select part.sha256
            from landing.batch_payload as part
            where part.batch_id = b.batch_id
            order by part.position
        ) = cast(:sha256s as text[])
) as original on true
returning batch_id, state, duplicate_of, again_of
