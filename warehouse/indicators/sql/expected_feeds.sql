-- grain: one row an expected feed
-- scope: feeds given by the caller; delivered when a batch of it arrived in (:delivered_since, :known_at] and counts
-- exclusions: rejected batches, wholly quarantined ones, batches not loaded by then; files that bring nothing new
-- limits: landing.delivered says which batches count;
--   balanced when no delivery of the feed, however old, still lacks what it declared or brought
create temporary table expected_feed on commit drop as
select
    f.insurer_id,
    f.record_type,
    (
        select count(*) > 0
        from landing.delivered(:known_at) as d
        where
            d.insurer_id = f.insurer_id
            and d.record_type = f.record_type
            and d.received_at >= :delivered_since
    ) as is_delivered,
    not exists (
        select 1 from quality.imbalance(:known_at) as i
        where i.insurer_id = f.insurer_id and i.record_type = f.record_type
    ) as is_balanced
from unnest(cast(:insurer_ids as text[]), cast(:record_types as text[])) as f (insurer_id, record_type)
group by f.insurer_id, f.record_type
