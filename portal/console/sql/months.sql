-- Months with figures, and their revisions.
-- Grain: one row a month, the newest first. Scope: as report.month. Exclusions, limits: none.
select
    m.month,
    m.source,
    m.publication_id,
    m.as_of,
    m.known_at,
    m.is_complete,
    f.frozen_at,
    f.revision_count,
    f.is_provisional
from report.month as m
left join lateral (
    select
        min(z.frozen_at) as frozen_at,
        max(z.revision_no) as revision_count,
        bool_or(z.is_provisional) filter (where z.revision_no = 0) as is_provisional
    from report.frozen_month as z
    where z.month = m.month
) as f on true
order by m.month desc
