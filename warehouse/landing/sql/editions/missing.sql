-- Which of two editions are not kept yet. Grain: one row a digest.
select asked.digest
from unnest(cast(:digests as text[])) as asked (digest)
where not exists (
    select 1 from landing.edition as kept
    where kept.digest = asked.digest
)
