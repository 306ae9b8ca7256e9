-- Receipts, and whether each brought anything new: what freshness is told by.
-- Grain: one row a batch. Scope: every batch. is_news: at least one of its rows became a version of a record, at its first
--   load or a replay.
-- Exclusions: rows that were known already, held rows, rejected deliveries, empty answers and those not loaded yet are no news.
create view landing.told as
select
    b.batch_id,
    b.insurer_id,
    b.record_type,
    b.received_at,
    b.state,
    exists(
        select 1 from landing.load as l where l.batch_id = b.batch_id and l.accepted_count + l.superseded_count > 0
    ) as is_news
from landing.batch as b;
grant select on landing.told to anze_loader;
