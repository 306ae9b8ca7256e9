-- The books of the batch. Grain: one row.
select
    count(*) as received_count,
    count(*) filter (where outcome = 'accepted') as accepted_count,
    count(*) filter (where outcome = 'quarantined') as quarantined_count,
    count(*) filter (where outcome = 'duplicate') as duplicate_count,
    count(*) filter (where outcome = 'superseded') as superseded_count
from outcome
