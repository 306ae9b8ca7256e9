-- Months that are over and whose figures are missing or might be others by now. Grain: one row a month.
-- Scope: the last :month_count months before :today. Missing ones first, newest first; then those known longest ago.
-- Exclusions: months computed since the last load or judging again, by these definitions and this table of regions.
-- Limits: one that is due may well be computed to the same figures.
with wanted as (
    select cast(date_trunc('month', cast(:today as date)) - make_interval(months => n) as date) as month
    from generate_series(1, :month_count) as g (n)
)

select w.month
from wanted as w
left join mart.month_computed as c on w.month = c.month
where
    c.month is null
    or (c.last_load_no, c.definitions_digest, c.region_digest)
    is distinct from (:last_load_no, cast(:definitions_digest as text), cast(:region_digest as text))
order by c.month is not null asc, c.known_at asc, w.month desc
