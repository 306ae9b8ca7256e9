-- grain: one row a load
-- scope: loads given by batch and moment, with their receipts
-- exclusions: none
-- limits: payload names in their order
select
    b.batch_id,
    l.kind,
    b.insurer_id,
    b.record_type,
    b.received_at,
    w.recorded_at,
    l.ruleset_version,
    l.calendar_version,
    l.definition_digest,
    array(
        select p.name from landing.batch_payload as p
        where p.batch_id = b.batch_id
        order by p.position
    ) as files
from unnest(cast(:batch_ids as bigint[]), cast(:moments as timestamptz[])) as w (batch_id, recorded_at)
inner join landing.batch as b on w.batch_id = b.batch_id
left join landing.load as l on w.batch_id = l.batch_id and w.recorded_at = l.recorded_at
order by b.batch_id, w.recorded_at
