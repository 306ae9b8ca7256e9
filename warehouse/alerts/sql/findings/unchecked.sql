-- Insurers whose data could not be looked at for a kind.
-- Grain: one row a kind and insurer. Scope: a record type that can clear the kind is missing in the newest publication.
-- Exclusions: none. Limits: before the first publication nothing is known to be missing.
insert into unchecked (kind, insurer_id)
select distinct
    :kind,
    split_part(m.feed, '/', 1) as insurer_id
from (
    select p.missing_feeds
    from mart.publication as p
    where p.known_at <= :known_at
    order by p.as_of desc, p.known_at desc
    limit 1
) as n
cross join lateral unnest(n.missing_feeds) as m (feed)
where split_part(m.feed, '/', 2) = any(:feeds)
