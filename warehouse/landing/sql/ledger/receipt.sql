-- The entry of a batch's receipt, by the batch or the receipt's number. Grain: at most one row.
select
    t.position,
    l.previous,
    b.batch_id,
    core.receipt_no(b.batch_id, b.received_at, b.digest) as receipt_no
from landing.batch as b
inner join landing.ledger_text as t on b.batch_id = t.fact_no and t.kind = 'receipt'
inner join landing.ledger as l on t.position = l.position
where
    b.batch_id = :batch_id
    and (
        cast(:receipt_no as text) is null
        or core.receipt_no(b.batch_id, b.received_at, b.digest) = :receipt_no
    )
