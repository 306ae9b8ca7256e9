-- The newest entry of the ledger. Grain: at most one row.
select
    position,
    hash
from landing.ledger
order by position desc
limit 1
