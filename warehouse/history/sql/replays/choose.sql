-- Batches to replay, in the order of their first loads. Grain: one row a batch.
-- Scope: each condition that is given; days are Shanghai dates of receipt. held_by: a rule that holds a row still.
-- Exclusions: what was never loaded (duplicates, refused on arrival, waiting), and deliveries that a person refused or
-- that outgrew what a person was asked about (not_again).
select b.batch_id
from landing.batch as b
inner join landing.load as first_load on b.batch_id = first_load.batch_id and first_load.kind = 'first'
where
    exists (
        select 1 from landing.batch_payload as part
        where part.batch_id = b.batch_id
    )
    and coalesce(b.reason_code, '') <> all(cast(:not_again as text[]))
    and (cast(:insurer_ids as text[]) is null or b.insurer_id = any(cast(:insurer_ids as text[])))
    and (cast(:record_types as text[]) is null or b.record_type = any(cast(:record_types as text[])))
    and (cast(:batch_ids as bigint[]) is null or b.batch_id = any(cast(:batch_ids as bigint[])))
    and (cast(:since as date) is null or cast(b.received_at at time zone 'Asia/Shanghai' as date) >= :since)
    and (cast(:until as date) is null or cast(b.received_at at time zone 'Asia/Shanghai' as date) <= :until)
    and (
        cast(:held_by as text) is null
        or exists (
            select 1
            from quarantine.row as held
            where
                held.batch_id = b.batch_id
                and held.resolved_at is null
                and held.reasons @> jsonb_build_array(jsonb_build_object('rule_id', cast(:held_by as text)))
        )
    )
order by first_load.load_no
