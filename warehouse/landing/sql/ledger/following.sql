-- The chain from an entry on, with the texts that speak of one batch. Grain: one row an entry, in their order.
select
    l.position,
    l.text_sha256,
    l.hash,
    t.text
from landing.ledger as l
left join landing.ledger_text as t on l.position = t.position and t.batch_id = :batch_id
where l.position >= :position
order by l.position
