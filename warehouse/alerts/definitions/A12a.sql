-- grain: one row a major hazard that nobody in charge was told of in time
-- scope: major hazards found within a year, told after the deadline, not told, or told to neither principal nor controller
-- exclusions: hazards whose deadline to tell has not come
-- limits: where the calendar of the deadline is not published, the hazard is not judged
with hazard as (
    select
        h.*,
        cast(h.found_at at time zone 'Asia/Shanghai' as date) as found_on,
        cast(h.notified_at at time zone 'Asia/Shanghai' as date) as notified_on
    from core.hazard_known(:known_at) as h
    where h.hazard_level_code = '20'
)

select
    h.insurer_id,
    p.region_code,
    p.high_risk_domain_code as domain_code,
    'hazard' as record_type,
    h.hazard_no as record_key,
    cast(null as date) as deadline_on,
    h.hazard_no,
    h.found_on,
    case
        when h.notified_on is null then '没有告知时间'
        when h.notified_on > d.day then '告知于 ' || h.notified_on
        else '告知对象不是主要负责人或实际控制人'
    end as told
from hazard as h
inner join reference.calendar_day as f on h.found_on = f.day and f.calendar_version = :calendar_version
inner join reference.calendar_day as d
    on
        f.calendar_version = d.calendar_version
        and d.is_working_day
        and f.working_day_no + cast(:days as integer) = d.working_day_no
left join core.service_record_known(:known_at) as s on h.insurer_id = s.insurer_id and h.service_no = s.service_no
left join core.policy_known(:known_at) as p on s.insurer_id = p.insurer_id and s.policy_no = p.policy_no
where
    h.found_on > cast(:as_of as date) - 365
    and d.day < :as_of
    and (
        h.notified_on is null
        or h.notified_on > d.day
        or h.notified_role_code is null
        or h.notified_role_code not in ('10', '20')
    )
