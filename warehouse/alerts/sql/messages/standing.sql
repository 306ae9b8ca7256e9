-- How each receiver stands. Grain: one row a receiver that was ever written to. Scope, exclusions, limits: none.
select
    m.receiver,
    count(*) filter (where m.sent_at is not null) as sent_count,
    count(*) filter (
        where m.sent_at is null and m.given_up_at is null and m.folded_into is null
    ) as waiting_count,
    count(*) filter (where m.given_up_at is not null) as given_up_count,
    max(m.sent_at) as last_sent_at,
    (array_agg(m.last_problem order by m.message_id desc) filter (where m.last_problem is not null))[1] as last_problem
from alert.message as m
group by m.receiver
order by m.receiver
