-- Whether the feed's latest receipt of a file answers it still: the same name, bytes, declared totals and reason of
-- refusal, and a verdict that would be the same. Grain: at most one row. A name whose content went from A to B and back
-- to A is a new delivery; a file of which something was held or refused is one once its definition is mended, and of
-- which nothing was taken also once the rules are.
select latest.batch_id
from (
    select
        receipt.batch_id,
        part.sha256,
        coalesce(original.state, receipt.state) as state,
        coalesce(original.batch_id, receipt.batch_id) as judged_batch_id,
        receipt.declared_row_count,
        receipt.declared_amount_field,
        receipt.declared_amount,
        receipt.replaces,
        receipt.replaces_from,
        receipt.replaces_to,
        receipt.reason_text
    from landing.batch_payload as part
    inner join landing.batch as receipt on part.batch_id = receipt.batch_id
    left join landing.batch as original on receipt.duplicate_of = original.batch_id
    where part.name = :name and receipt.insurer_id = :insurer_id and receipt.record_type = :record_type
    order by receipt.batch_id desc
    limit 1
) as latest
left join lateral (
    select
        l.definition_digest,
        l.ruleset_version
    from landing.load as l
    where l.batch_id = latest.judged_batch_id
    order by l.load_no desc
    limit 1
) as judged on true
where
    latest.sha256 = :sha256
    and latest.declared_row_count is not distinct from cast(:declared_row_count as bigint)
    and latest.declared_amount_field is not distinct from cast(:declared_amount_field as text)
    and latest.declared_amount is not distinct from cast(:declared_amount as numeric)
    and latest.replaces is not distinct from cast(:replaces as text)
    and latest.replaces_from is not distinct from cast(:replaces_from as date)
    and latest.replaces_to is not distinct from cast(:replaces_to as date)
    and (cast(:reason_text as text) is null or latest.reason_text = :reason_text)
    and (
        judged.definition_digest is null
        or latest.state not in ('rejected', 'partly_loaded')
        or (
            (:definition_digest = '' or judged.definition_digest in (:definition_digest, ''))
            and (latest.state <> 'rejected' or :ruleset_version = '' or judged.ruleset_version = :ruleset_version)
        )
    )
