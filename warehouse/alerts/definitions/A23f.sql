-- grain: one row a service on a day off
-- scope: services on the spot that took place in the days looked back on a day that the calendar calls a day off
-- exclusions: services on line
-- limits: years without a published calendar are not judged
select
    s.insurer_id,
    p.region_code,
    p.high_risk_domain_code as domain_code,
    'service_record' as record_type,
    s.service_no as record_key,
    cast(null as date) as deadline_on,
    s.service_no,
    d.day
from core.service_record_known(:known_at) as s
inner join reference.calendar_day as d
    on
        cast(s.service_start_at at time zone 'Asia/Shanghai' as date) = d.day
        and d.calendar_version = :calendar_version
left join core.policy_known(:known_at) as p on s.insurer_id = p.insurer_id and s.policy_no = p.policy_no
where
    not d.is_working_day
    and s.service_status_code in ('40', '50')
    and not coalesce(s.is_online, false)
    and d.day between cast(:as_of as date) - cast(:days as integer) and :as_of
