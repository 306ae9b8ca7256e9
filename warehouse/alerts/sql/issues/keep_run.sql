-- A moment at which the clock looked. Grain: one row. Scope, exclusions, limits: none.
insert into alert.run (as_of, known_at, finding_count)
select
    :as_of as as_of,
    :known_at as known_at,
    count(*) as finding_count
from finding
returning run_no
