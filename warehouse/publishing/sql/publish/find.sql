-- grain: at most one row
-- scope: a publication by its id, by (as_of, known_at), or the newest when all parameters are null
-- exclusions: none
-- limits: none
select
    p.publication_id,
    p.as_of,
    p.known_at,
    p.published_at,
    p.is_provisional,
    p.missing_insurers,
    p.missing_feeds,
    p.imbalanced_feeds,
    p.expected_count,
    p.delivered_count,
    array(
        select g.indicator
        from mart.publication_gap as g
        where g.publication_id = p.publication_id
        order by g.indicator
    ) as missing_indicators
from mart.publication as p
where
    coalesce(cast(:publication_id as bigint), p.publication_id) = p.publication_id
    and coalesce(cast(:as_of as date), p.as_of) = p.as_of
    and coalesce(cast(:known_at as timestamptz), p.known_at) = p.known_at
order by p.as_of desc, p.known_at desc
limit 1
