-- The decision on a batch, if there is one.
select
    decision,
    decided_by,
    decided_at
from landing.decision
where batch_id = :batch_id
