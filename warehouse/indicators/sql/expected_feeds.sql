-- grain: one row an expected feed
-- scope: feeds given by the caller; delivered when a batch of it arrived in (:delivered_since, :known_at] and counts
-- exclusions: rejected batches, wholly quarantined ones, batches not loaded by then; files that bring nothing new
-- limits: by interface an empty fetch, repeated bytes or only known rows are a delivery; by file only a file
--   without rows (a nil return, also with the bytes of an earlier one) or one that brings something new;
--   balanced when no delivery of the feed, however old, still lacks what it declared or brought
create temporary table expected_feed on commit drop as
select
    f.insurer_id,
    f.record_type,
    (
        select count(*) > 0
        from landing.batch as b
        left join landing.batch as o on b.duplicate_of = o.batch_id
        where
            b.insurer_id = f.insurer_id
            and b.record_type = f.record_type
            and b.received_at >= :delivered_since
            and b.received_at <= :known_at
            and coalesce(o.loaded_at, b.loaded_at) <= :known_at
            and case
                when b.channel = 'api'
                    then
                        coalesce(o.state, b.state) in ('loaded', 'partly_loaded')
                        and (
                            coalesce(o.received_count, b.received_count) = 0
                            or coalesce(o.quarantined_count, b.quarantined_count)
                            < coalesce(o.received_count, b.received_count)
                        )
                else
                    coalesce(o.state, b.state) in ('loaded', 'partly_loaded')
                    and (
                        coalesce(o.received_count, b.received_count) = 0
                        or b.accepted_count + b.superseded_count > 0
                    )
            end
    ) as is_delivered,
    not exists (
        select 1 from quality.imbalance(:known_at) as i
        where i.insurer_id = f.insurer_id and i.record_type = f.record_type
    ) as is_balanced
from unnest(cast(:insurer_ids as text[]), cast(:record_types as text[])) as f (insurer_id, record_type)
group by f.insurer_id, f.record_type
