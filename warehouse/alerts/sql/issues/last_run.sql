-- The run of a moment or of a later one. Grain: one row, or none. Scope, exclusions, limits: none.
select
    r.run_no,
    r.as_of,
    r.known_at,
    r.finding_count
from alert.run as r
where r.known_at >= :known_at
order by r.known_at desc, r.run_no desc
limit 1
