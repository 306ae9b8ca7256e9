-- A frozen month: one of its revisions, with what its publication lacked.
-- Grain: one row a revision, newest first. Scope: :month; the revision of :revision_no, all where it is null.
-- Exclusions: none. Limits: of what was missing an insurer's account is told its own only.
select
    f.month,
    f.revision_no,
    f.publication_id,
    f.as_of,
    f.known_at,
    f.frozen_at,
    f.is_provisional,
    f.ruleset_version,
    f.calendar_version,
    p.missing_feeds,
    p.imbalanced_feeds,
    p.expected_count,
    p.delivered_count,
    (
        select o.publication_id from report.frozen_month as o
        where o.month = f.month and o.revision_no = 0
    ) as first_publication_id
from report.frozen_month as f
inner join report.publication as p on f.publication_id = p.publication_id
where f.month = :month and f.revision_no = coalesce(cast(:revision_no as integer), f.revision_no)
order by f.revision_no desc
