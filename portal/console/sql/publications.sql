-- Publications that an address may mean, the newest first.
-- Grain: one row a publication. Scope: all of them are shown to every account; names of insurers as report.publication says.
-- Exclusions: those that know more than :known_at. Limits: as many rows as asked for.
select
    publication_id,
    as_of,
    known_at,
    published_at,
    is_provisional,
    missing_insurers,
    missing_feeds,
    imbalanced_feeds,
    expected_count,
    delivered_count,
    ruleset_version,
    calendar_version
from report.publication
where
    (cast(:publication_id as bigint) is null or publication_id = :publication_id)
    and (cast(:as_of as date) is null or as_of = :as_of)
    and (cast(:known_at as timestamptz) is null or known_at <= :known_at)
order by as_of desc, known_at desc
limit :row_count
