-- grain: one row a policy and stretch of days in force in the period
-- scope: counts its enterprise once a cell; numerator 1 when the same insurer served it in the period
-- exclusions: followers (not_lead); other provinces by the roll-up
-- limits: area of the last day in force in the period
with served as (
    select distinct
        s.insurer_id,
        s.insured_credit_code
    from core.service_record_known(:known_at) as s
    where
        s.service_status_code = '50'
        and cast(s.service_end_at at time zone 'Asia/Shanghai' as date) between :period_start and :period_end
)

select
    'policy' as record_type,
    t.version_id as record_id,
    t.insured_credit_code as unit,
    t.insurer_id,
    t.region_code,
    least(t.cover_to, cast(:period_end as date)) as business_date,
    t.high_risk_domain_code as domain_code,
    case when s.insured_credit_code is null then 0 else 1 end as numerator,
    1 as denominator,
    case when not t.is_lead then 'not_lead' end as exclusion
from policy_timeline as t
left join served as s on t.insurer_id = s.insurer_id and t.insured_credit_code = s.insured_credit_code
where
    t.insured_object_code = '10'
    and t.cover_from <= :period_end
    and t.cover_to >= :period_start
