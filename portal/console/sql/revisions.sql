-- The frozen figures of a month and its revisions.
-- Grain: one row a revision, 0 the first figures. Scope: one month. Exclusions, limits: none.
select
    z.revision_no,
    z.publication_id,
    z.as_of,
    z.known_at,
    z.frozen_at,
    z.frozen_by,
    z.is_provisional
from report.frozen_month as z
where z.month = :month
order by z.revision_no
