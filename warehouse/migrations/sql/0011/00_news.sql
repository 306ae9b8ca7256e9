-- Receipts, and whether each brought anything new: what freshness is told by.
-- Grain: one row a batch. Scope: every batch. is_news: at least one of its rows became a version of a record (at its
--   first load or a replay), or it is a complete answer that says there is nothing: no row came and none was declared.
-- Exclusions: rows that were known already, held rows, rejected deliveries and those not loaded yet are no news.
-- Limits: the same empty answer again (a duplicate of one) is news, the same rows again are none.
create view landing.told as
select
    b.batch_id,
    b.insurer_id,
    b.record_type,
    b.received_at,
    b.state,
    exists (
        select 1 from landing.load as l where l.batch_id = b.batch_id and l.accepted_count + l.superseded_count > 0
    )
    or (
        coalesce(o.state, b.state) = 'loaded'
        and coalesce(o.received_count, b.received_count) = 0
        and coalesce(o.declared_row_count, b.declared_row_count, 0) = 0
    ) as is_news
from landing.batch as b
left join landing.batch as o on b.duplicate_of = o.batch_id;
grant select on landing.told to anze_loader;
