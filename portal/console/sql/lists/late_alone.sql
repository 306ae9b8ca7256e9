-- Late records of one type that hang on no policy. Grain: one row a record. Scope: known at the moment. Exclusions: none.
-- Limits: none.
select
    cast(:slot_literal as text) as record_type,
    concat_ws('|', :slot_key) as record_key,
    v.insurer_id,
    v.version_id,
    v.batch_id,
    v.row_no,
    v.deadline_on,
    v.first_received_at,
    cast(null as text) as policy_no
from report.:slot_known(:known_at) as v
where v.timeliness = 'late'
