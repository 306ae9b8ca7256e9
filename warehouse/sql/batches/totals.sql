-- How many batches stand in each state, and whether any landed batch waits. Grain: one row a state.
select state, count(*) as batch_count, coalesce(sum(received_count), 0) as received_count
from landing.batch
group by state
order by state
