-- What the sentence of a record names, as it is now. Grain: one row a record that says something else. Scope, exclusions,
-- limits: none.
update alert.record as r
set
    named = f.named,
    deadline_on = f.deadline_on
from finding as f
where
    r.alert_no = f.alert_no
    and r.record_type = f.record_type
    and r.record_key = f.record_key
    and r.insurer_id is not distinct from f.insurer_id
    and r.left_at is null
    and (r.named <> f.named or r.deadline_on is distinct from f.deadline_on)
