-- Late records of one type that name a record that names the policy.
-- Grain: one row a record. Scope: known at the moment. Exclusions: none.
-- Limits: policy_no is null where the record between is not known.
select
    cast(:slot_literal as text) as record_type,
    concat_ws('|', :slot_key) as record_key,
    v.insurer_id,
    v.version_id,
    v.batch_id,
    v.row_no,
    v.deadline_on,
    v.first_received_at,
    p.policy_no
from report.:slot_known(:known_at) as v
left join report.:slot_parent(:known_at) as p on v.insurer_id = p.insurer_id and v.:slot_field = p.:slot_field
where v.timeliness = 'late'
