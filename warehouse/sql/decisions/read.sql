-- The decision on a batch, if there is one.
select batch_id, decision, decided_by, decided_at, reason, live_count, missing_count
from landing.decision
where batch_id = :batch_id
