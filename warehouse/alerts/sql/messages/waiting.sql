-- The messages of a receiver that are due, the oldest first. Grain: one row a message. Scope: those that wait.
-- Exclusions, limits: none.
select
    m.message_id,
    m.dedupe_key,
    m.level,
    m.content,
    m.written_at,
    m.tries
from alert.message as m
where
    m.receiver = :receiver
    and m.sent_at is null
    and m.given_up_at is null
    and m.folded_into is null
    and m.next_try_at <= :at
order by m.message_id
