-- Findings of deliveries that were refused on arrival: no load wrote them. Grain: one row a finding.
select :slot_columns
from quality.finding as f
where not exists (
    select 1 from landing.load as l
    where l.batch_id = f.batch_id
)
