-- Receivers with messages that are due. Grain: one row a receiver. Scope: those that wait. Exclusions, limits: none.
select
    m.receiver,
    count(*) as waiting_count
from alert.message as m
where
    m.sent_at is null
    and m.given_up_at is null
    and m.folded_into is null
    and m.next_try_at <= :at
group by m.receiver
order by m.receiver
