-- grain: one row an expected feed that lacks a delivery, with the moment until which it was whole
-- scope: feeds judged by expected_feeds.sql; whole_until = receipt of the last delivery that counts, before anything of it
--   that does not add up; null when there never was one
-- exclusions: feeds delivered and balanced
-- limits: a delivery counts as in expected_feeds.sql
select
    f.insurer_id,
    f.record_type,
    min(b.received_at) as first_at,
    max(b.received_at) as whole_until
from expected_feed as f
left join lateral (
    select d.received_at
    from landing.batch as d
    left join landing.batch as o on d.duplicate_of = o.batch_id
    where
        d.insurer_id = f.insurer_id
        and d.record_type = f.record_type
        and d.received_at <= :known_at
        and coalesce(o.loaded_at, d.loaded_at) <= :known_at
        and coalesce(o.state, d.state) in ('loaded', 'partly_loaded')
        and (
            d.channel = 'api' or coalesce(o.received_count, d.received_count) = 0
            or d.accepted_count + d.superseded_count > 0
        )
        and not exists (
            select 1
            from quality.imbalance(:known_at) as i
            inner join landing.batch as n on i.batch_id = n.batch_id
            where i.insurer_id = f.insurer_id and i.record_type = f.record_type and n.received_at <= d.received_at
        )
) as b on true
where not f.is_delivered or not f.is_balanced
group by f.insurer_id, f.record_type
order by f.insurer_id, f.record_type
