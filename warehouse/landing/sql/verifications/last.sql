-- The last verification. Grain: one row, none before the first. Scope, exclusions, limits: none.
select
    v.verified_at,
    v.rows_replayed,
    v.cells_compared,
    v.finding_count
from landing.verification as v
order by v.verification_no desc
limit 1
