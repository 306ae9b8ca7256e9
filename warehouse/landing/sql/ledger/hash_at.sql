-- The hash of one entry. Grain: at most one row.
select hash
from landing.ledger
where position = :position
