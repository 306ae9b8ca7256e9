-- The policy of the record that a record v names. Grain: one value. Scope: known at the moment. Exclusions, limits: none.
select min(p.policy_no)
from report.:slot_parent(:known_at) as p
where p.insurer_id = v.insurer_id and p.:slot_field = v.:slot_field  -- noqa: RF01
