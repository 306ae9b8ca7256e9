-- grain: one row a version of one record type, with the version of its record that is current
-- scope: senders of feeds that lack a delivery; the type's table, key, policy and region take the slots
-- exclusions: none
-- limits: the city is that of the policy as it is last known; pooled fees have their own
insert into bound_row (record_type, insurer_id, current_id, recorded_at, is_first, policy_no, region_code)
select
    ':slot_record_type' as record_type,
    v.insurer_id,
    v.current_id,
    v.recorded_at,
    v.recorded_at = v.first_at as is_first,
    v.policy_no,
    coalesce(a.city_code, v.city_code) as region_code
from (
    select
        v.insurer_id,
        v.recorded_at,
        :slot_policy as policy_no,
        :slot_city as city_code,
        first_value(v.version_id) over (
            partition by v.insurer_id, :slot_key
            order by v.recorded_at desc, v.version_id desc
        ) as current_id,
        min(v.recorded_at) over (partition by v.insurer_id, :slot_key) as first_at
    from core.:slot_record_type as v
    left join (
        :slot_parent
    ) as p on v.insurer_id = p.insurer_id and :slot_number = p.parent_no
    where v.recorded_at <= :known_at and v.insurer_id in (select f.insurer_id from bound_feed as f)
) as v
left join bound_area as a on v.insurer_id = a.insurer_id and v.policy_no = a.policy_no
