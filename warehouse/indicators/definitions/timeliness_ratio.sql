-- grain: one row a record whose deadline fell in the period
-- scope: numerator 1 when first accepted in time
-- exclusions: records without a verdict, undetermined ones
-- limits: the deadline of the main business event; feeds have no area below the province
with record as (
    select
        'policy' as record_type,
        version_id,
        insurer_id,
        deadline_on,
        timeliness
    from core.policy_known(:known_at)
    union all
    select
        'endorsement' as record_type,
        version_id,
        insurer_id,
        deadline_on,
        timeliness
    from core.endorsement_known(:known_at)
    union all
    select
        'premium_receipt' as record_type,
        version_id,
        insurer_id,
        deadline_on,
        timeliness
    from core.premium_receipt_known(:known_at)
    union all
    select
        'claim' as record_type,
        version_id,
        insurer_id,
        deadline_on,
        timeliness
    from core.claim_known(:known_at)
    union all
    select
        'claim_payment' as record_type,
        version_id,
        insurer_id,
        deadline_on,
        timeliness
    from core.claim_payment_known(:known_at)
    union all
    select
        'service_plan' as record_type,
        version_id,
        insurer_id,
        deadline_on,
        timeliness
    from core.service_plan_known(:known_at)
    union all
    select
        'service_record' as record_type,
        version_id,
        insurer_id,
        deadline_on,
        timeliness
    from core.service_record_known(:known_at)
    union all
    select
        'hazard' as record_type,
        version_id,
        insurer_id,
        deadline_on,
        timeliness
    from core.hazard_known(:known_at)
    union all
    select
        'fee_expense' as record_type,
        version_id,
        insurer_id,
        deadline_on,
        timeliness
    from core.fee_expense_known(:known_at)
)

select
    r.record_type,
    r.version_id as record_id,
    cast(null as text) as unit,
    r.insurer_id,
    own.region_code,
    r.deadline_on as business_date,
    cast(null as text) as domain_code,
    case when r.timeliness = 'on_time' then 1 else 0 end as numerator,
    1 as denominator,
    cast(null as text) as exclusion
from record as r
cross join reference.region as own
where
    own.level = 'province'
    and r.deadline_on between :period_start and :period_end
    and r.timeliness in ('on_time', 'late')
