-- The verdicts on a record's milestones that stood at some time until a moment, the newest first. Grain: one row a verdict.
-- The receipt is that of the batch which first told of the event; without one, it came with a renumbering.
select
    h.milestone,
    h.event_on,
    f.field as event_field,
    f.source as event_source,
    h.deadline_on,
    h.first_received_at,
    h.timeliness,
    h.calendar_version,
    h.is_calendar_provisional,
    h.working_days,
    h.rule,
    h.extension_no,
    h.outage_no,
    h.judging_no,
    h.known_from,
    h.superseded_at > :known_at as is_standing,
    h.basis,
    b.batch_id,
    b.receipt_no,
    b.channel,
    j.kind as judged_for,
    j.judged_by
from report.freshness_history(:insurer_id, :record_type, :record_key) as h
left join lateral (
    select
        o.batch_id,
        core.receipt_no(o.batch_id, o.received_at, o.digest) as receipt_no,
        o.channel
    from landing.batch as o
    where
        o.insurer_id = :insurer_id
        and o.record_type = :record_type
        and o.received_at = h.first_received_at
        and o.duplicate_of is null
    order by o.batch_id
    limit 1
) as b on true
left join reference.event_field as f on h.event_field_no = f.event_field_no
left join landing.judging as j on h.judging_no = j.judging_no
where h.known_from <= :known_at
order by h.milestone asc, h.known_from desc, h.superseded_at desc
