-- grain: one row a record whose contribution a step moved, with the load that brought it
-- scope: one record type (its name and key take the slots), one place and step
-- exclusions: none
-- limits: of a corrected record both versions
select
    m.record_type,
    v.version_id,
    v.insurer_id,
    concat_ws('|', :slot_key) as record_key,
    v.batch_id,
    v.row_no,
    v.recorded_at,
    true as is_linked
from moved as m
inner join core.:slot_record_type as v on m.record_id = v.version_id
where m.record_type = ':slot_record_type' and m.place_no = :place_no and m.state_no = :state_no
order by v.insurer_id, record_key, v.version_id
