-- grain: one row a record known at the moment
-- scope: one record type; its name, its function and the date of its main event take the slots
-- exclusions: none
-- limits: a part of timeliness.sql
select
    ':slot_record_type' as record_type,
    v.insurer_id,
    v.deadline_on,
    v.timeliness,
    :slot_event as event_on
from core.:slot_known(:known_at) as v
