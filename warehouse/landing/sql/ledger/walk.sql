-- Every entry from a position on, beside what the tables say of its fact now. Grain: one row an entry, in their order;
--   then one row a text that has no entry, and one row a fact that has no text.
-- Limits: is_discarded: the files of the batch need not stand in the store any more.
select
    l.position,
    l.previous,
    l.text_sha256,
    l.hash,
    t.position as text_position,
    t.text,
    coalesce(t.kind, a.kind) as kind,
    coalesce(t.fact_no, a.fact_no) as fact_no,
    coalesce(t.batch_id, a.batch_id) as batch_id,
    (t.batch_id is not distinct from a.batch_id) and (t.insurer_id is not distinct from a.insurer_id) as is_filed_right,
    a.body,
    d.batch_id is not null as is_discarded
from landing.ledger as l
full join landing.ledger_text as t on l.position = t.position
full join landing.attested as a on t.kind = a.kind and t.fact_no = a.fact_no
left join landing.discard as d on t.batch_id = d.batch_id
where coalesce(l.position, t.position, :since) >= :since
order by l.position asc nulls last, t.position asc nulls last, a.happened_at asc, a.kind asc, a.fact_no asc
