-- When a receiver was last written to with a key of a kind. Grain: one value, null before the first. Scope, exclusions, limits: none.
select max(m.written_at)
from alert.message as m
where m.receiver = :receiver and split_part(m.dedupe_key, '/', 1) = any(:kinds)
