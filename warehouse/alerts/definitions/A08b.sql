-- grain: one row a policy in force without any service that took place
-- scope: policies of enterprises in force on the as-of day whose plan promises a service whose window has begun
-- exclusions: followers; policies without a plan, which promise no service that is known
-- limits: a service counts when both sides or the insurer have said that it is done
select
    t.insurer_id,
    t.region_code,
    t.high_risk_domain_code as domain_code,
    'policy' as record_type,
    t.policy_no as record_key,
    cast(null as date) as deadline_on,
    t.policy_no,
    p.insured_name,
    t.cover_start_date
from policy_timeline as t
inner join core.policy_known(:known_at) as p on t.version_id = p.version_id
inner join (
    select distinct
        l.insurer_id,
        l.policy_no
    from core.service_plan_known(:known_at) as l
    where l.plan_status_code in ('20', '30') and l.window_start_date <= :as_of
) as l on t.insurer_id = l.insurer_id and t.policy_no = l.policy_no
left join (
    select distinct
        s.insurer_id,
        s.policy_no
    from core.service_record_known(:known_at) as s
    where
        s.service_status_code in ('40', '50')
        and cast(s.service_end_at at time zone 'Asia/Shanghai' as date) <= :as_of
) as s on t.insurer_id = s.insurer_id and t.policy_no = s.policy_no
where
    t.is_lead
    and t.valid_from <= :as_of
    and t.valid_to > :as_of
    and t.cover_from <= :as_of
    and t.cover_to >= :as_of
    and t.cover_start_date <= cast(:as_of as date) - cast(:days as integer)
    and s.policy_no is null
