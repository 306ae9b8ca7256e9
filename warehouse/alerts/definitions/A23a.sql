-- grain: one row a service during which one of its experts serves in another county
-- scope: services on the spot that took place in the days looked back, of every insurer; an expert is the text of the list
-- exclusions: services on line; several services in one county at one time
-- limits: the county is the policy's; experts of one name without a certificate are taken for one person
with visit as materialized (
    select
        s.insurer_id,
        s.service_no,
        s.service_start_at,
        s.service_end_at,
        p.region_code,
        p.high_risk_domain_code,
        btrim(e.expert) as expert,
        cast(s.service_start_at at time zone 'Asia/Shanghai' as date) as day
    from core.service_record_known(:known_at) as s
    inner join core.policy_known(:known_at) as p on s.insurer_id = p.insurer_id and s.policy_no = p.policy_no
    cross join lateral unnest(string_to_array(s.expert_list, ';')) as e (expert)
    where
        s.service_status_code in ('40', '50')
        and not coalesce(s.is_online, false)
        and s.service_start_at >= (cast(:as_of as date) - cast(:days as integer)) at time zone 'Asia/Shanghai'
)

select
    v.insurer_id,
    v.region_code,
    v.high_risk_domain_code as domain_code,
    'service_record' as record_type,
    v.service_no as record_key,
    cast(null as date) as deadline_on,
    v.service_no,
    to_char(min(v.service_start_at) at time zone 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI') as started_at,
    to_char(max(v.service_end_at) at time zone 'Asia/Shanghai', 'HH24:MI') as ended_at,
    count(distinct concat_ws(':', o.insurer_id, o.service_no)) as others
from visit as v
inner join visit as o
    on
        v.day = o.day
        and v.expert = o.expert
        and v.region_code <> o.region_code
        and v.service_start_at < o.service_end_at
        and v.service_end_at > o.service_start_at
where v.expert <> ''
group by v.insurer_id, v.region_code, v.high_risk_domain_code, v.service_no
