-- Verdicts in the scope of an extension, its city apart, which is asked for when they are judged. Grain: one row a verdict.
insert into due (insurer_id, record_type, record_key, milestone)
select
    m.insurer_id,
    m.record_type,
    m.record_key,
    m.milestone
from landing.extension as x
inner join quality.milestone as m
    on
        x.insurer_id = m.insurer_id
        and x.record_type in (m.record_type, '*')
        and m.event_on >= coalesce(x.events_from, '-infinity')
        and m.event_on <= coalesce(x.events_to, 'infinity')
        and (x.record_keys is null or m.record_key = any(x.record_keys))
where x.extension_no = :fact_no and m.timeliness is not null
