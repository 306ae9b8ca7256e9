-- The bucket of a receiver, locked: no other sender writes to it meanwhile. Grain: one row, or none when another has it.
-- Scope: filled by the time that has passed, up to what a minute allows. Exclusions, limits: none.
select
    least(
        cast(:a_minute as numeric),
        b.tokens + greatest(0, cast(extract(epoch from (cast(:at as timestamptz) - b.filled_at)) as numeric))
        * :a_minute / 60
    ) as tokens
from alert.bucket as b
where b.receiver = :receiver
for update skip locked
