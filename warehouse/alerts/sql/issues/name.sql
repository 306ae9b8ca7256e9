-- The number of the issue that each finding belongs to. Grain: one row a finding. Scope, exclusions, limits: none.
update finding as f
set alert_no = i.alert_no
from alert.issue as i
where
    f.kind = i.kind
    and f.scope = i.scope
    and i.insurer_id is not distinct from f.of_insurer_id
    and i.region_code is not distinct from f.of_region_code
