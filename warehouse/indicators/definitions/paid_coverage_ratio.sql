-- grain: one row an enterprise that must insure on D
-- scope: as coverage_ratio, with premium received by D for the policy, net of refunds
-- exclusions: status on D unknown (status_after_as_of); other provinces by the roll-up
-- limits: any amount above 0 counts as paid
with paid_policy as (
    select
        r.insurer_id,
        r.policy_no
    from core.premium_receipt_known(:known_at) as r
    where r.receipt_date <= :as_of
    group by r.insurer_id, r.policy_no
    having sum(r.received_amount) > 0
),

paid_cover as (
    select distinct t.insured_credit_code
    from policy_timeline as t
    inner join paid_policy as p on t.insurer_id = p.insurer_id and t.policy_no = p.policy_no
    where
        t.insured_object_code = '10'
        and t.cover_from <= :as_of
        and t.cover_to >= :as_of
)

select
    'enterprise' as record_type,
    e.version_id as record_id,
    e.credit_code as unit,
    cast(null as text) as insurer_id,
    e.region_code,
    cast(:as_of as date) as business_date,
    e.high_risk_domain_code as domain_code,
    case when e.insured_credit_code is null then 0 else 1 end as numerator,
    1 as denominator,
    case when e.operation_status_date > :as_of then 'status_after_as_of' end as exclusion
from (
    select
        e.*,
        c.insured_credit_code
    from core.enterprise_known(:known_at) as e
    left join paid_cover as c on e.credit_code = c.insured_credit_code
) as e
where
    e.is_must_insure
    and (e.operation_status_code in ('10', '20') or e.operation_status_date > :as_of)
    and e.must_insure_from_date <= :as_of
    and (e.must_insure_to_date is null or e.must_insure_to_date >= :as_of)
