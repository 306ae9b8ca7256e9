-- The log of loads. Grain: one row a load, in the order in which they saw each other.
select
    l.load_no,
    l.batch_id,
    b.insurer_id,
    l.kind,
    l.recorded_at,
    l.ruleset_version,
    l.calendar_version,
    l.definition_digest,
    l.received_count
from landing.load as l
inner join landing.batch as b on l.batch_id = b.batch_id
order by l.load_no
