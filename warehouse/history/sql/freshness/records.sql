-- grain: one row a record known at the moment
-- scope: one record type; its name, function, main event and region take the slots
-- exclusions: none
-- limits: a part of counts.sql; a record that hangs on no known policy has no city (—)
select
    k.record_type,
    k.insurer_id,
    k.timeliness,
    k.deadline_on,
    coalesce(g.city_code, '—') as city_code,
    to_char(case when k.timeliness = 'undetermined' then k.event_on else k.deadline_on end, 'YYYY-MM') as month
from (
    select
        ':slot_record_type' as record_type,
        v.insurer_id,
        v.timeliness,
        v.deadline_on,
        :slot_event as event_on,
        (:slot_region_code) as region_code
    from core.:slot_known(:known_at) as v
) as k
left join reference.region_resolution as g
    on
        k.region_code = g.region_code
        and k.event_on >= g.valid_from
        and k.event_on <= coalesce(g.valid_to, 'infinity')
