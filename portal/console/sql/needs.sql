-- Deliveries that need somebody, in the state that they are in now.
-- Grain: one row a state. Scope: what the caller may see, of one insurer or all. Exclusions: states that need nobody.
-- Limits: deliveries have no area.
select
    b.state,
    count(*) as batch_count
from report.batch as b
where b.state in ('awaiting', 'stuck') and :insurer_id in ('*', b.insurer_id)
group by b.state
