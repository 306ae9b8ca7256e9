-- grain: one row, the new publication
-- scope: expected feeds judged by feeds.sql
-- exclusions: none
-- limits: an insurer is delivered when every expected feed of it is
insert into mart.publication (
    as_of, known_at, published_at, is_provisional, missing_insurers, missing_feeds, expected_count, delivered_count,
    ruleset_version, calendar_version, region_digest, last_load_no, delivered_since, imbalanced_feeds
)
select
    :as_of,
    :known_at,
    :published_at,
    coalesce(bool_or(not f.is_delivered or not f.is_balanced), false) as is_provisional,
    coalesce(array_agg(distinct f.insurer_id order by f.insurer_id) filter (where not f.is_delivered), '{}')
        as missing_insurers,
    coalesce(
        array_agg(f.insurer_id || '/' || f.record_type order by f.insurer_id, f.record_type)
        filter (where not f.is_delivered), '{}'
    ) as missing_feeds,
    count(distinct f.insurer_id) as expected_count,
    count(distinct f.insurer_id) - count(distinct f.insurer_id) filter (where not f.is_delivered) as delivered_count,
    cast(:ruleset_version as text) as ruleset_version,
    cast(:calendar_version as text) as calendar_version,
    (
        select md5(coalesce(string_agg(cast(r as text), E'\n' order by r.region_code collate "C", r.valid_from), ''))
        from reference.region_resolution as r
    ) as region_digest,
    (
        select max(l.load_no) from landing.load as l
        where l.recorded_at <= :known_at
    ) as last_load_no,
    cast(:delivered_since as timestamptz) as delivered_since,
    coalesce(
        array_agg(f.insurer_id || '/' || f.record_type order by f.insurer_id, f.record_type)
        filter (where not f.is_balanced), '{}'
    ) as imbalanced_feeds
from expected_feed as f
returning publication_id
