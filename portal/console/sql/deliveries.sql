-- The last deliveries of an insurer. Grain: one row a delivery. Scope: all states. Exclusions: those not the caller's.
-- Limits: 50 rows: the page of deliveries has all.
select
    b.batch_id,
    b.record_type,
    b.channel,
    b.received_at,
    b.state,
    b.received_count,
    b.accepted_count,
    b.quarantined_count,
    b.reason_text
from report.batch as b
where b.insurer_id = :insurer_id
order by b.received_at desc, b.batch_id desc
limit 50
