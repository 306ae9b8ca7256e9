-- grain: one row, the new publication
-- scope: expected feeds judged by feeds.sql
-- exclusions: none
-- limits: an insurer is delivered when every expected feed of it is
insert into mart.publication (
    as_of, known_at, published_at, is_provisional, missing_insurers, missing_feeds, expected_count, delivered_count
)
select
    :as_of,
    :known_at,
    :published_at,
    coalesce(bool_or(not f.is_delivered), false) as is_provisional,
    coalesce(array_agg(distinct f.insurer_id order by f.insurer_id) filter (where not f.is_delivered), '{}')
        as missing_insurers,
    coalesce(
        array_agg(f.insurer_id || '/' || f.record_type order by f.insurer_id, f.record_type)
        filter (where not f.is_delivered), '{}'
    ) as missing_feeds,
    count(distinct f.insurer_id) as expected_count,
    count(distinct f.insurer_id) - count(distinct f.insurer_id) filter (where not f.is_delivered) as delivered_count
from expected_feed as f
returning publication_id
