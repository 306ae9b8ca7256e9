-- grain: one row an insurer and record type
-- scope: records first received in the days looked back, by the verdict on their main event; how many on the deadline's day
-- exclusions: feeds with fewer records than the least
-- limits: a fact of an insurer, in no area
select
    m.insurer_id,
    cast(null as text) as region_code,
    cast(null as text) as domain_code,
    m.record_type,
    m.record_type as record_key,
    cast(null as date) as deadline_on,
    t.title as type,
    cast(:days as integer) as looked_back,
    count(*) as total,
    count(*) filter (where m.received_on = m.deadline_on) as on_deadline,
    round(count(*) filter (where m.received_on = m.deadline_on) * 100.0 / count(*), 1) || '%' as found_share
from (
    select
        q.insurer_id,
        q.record_type,
        q.deadline_on,
        cast(q.first_received_at at time zone 'Asia/Shanghai' as date) as received_on
    from quality.milestone as q
    where
        q.first_received_at
        >= (cast(:as_of as date) - cast(:days as integer)) at time zone 'Asia/Shanghai'
        and q.first_received_at <= :known_at
        and q.deadline_on is not null
) as m
inner join record_title as t on m.record_type = t.record_type
group by m.insurer_id, m.record_type, t.title
having
    count(*) >= :least
    and count(*) filter (where m.received_on = m.deadline_on) > :share * count(*)
