-- grain: one row an enterprise that must insure on D
-- scope: numerator 1 with a policy in force on D, object 10, of any insurer
-- exclusions: status on D unknown (status_after_as_of); other provinces by the roll-up
-- limits: status on D is the one of the register version known at K
select
    'enterprise' as record_type,
    e.version_id as record_id,
    e.credit_code as unit,
    cast(null as text) as insurer_id,
    e.region_code,
    cast(:as_of as date) as business_date,
    e.high_risk_domain_code as domain_code,
    case
        when exists (
            select 1 from policy_timeline as t
            where
                t.insured_credit_code = e.credit_code
                and t.insured_object_code = '10'
                and t.cover_from <= :as_of
                and t.cover_to >= :as_of
        ) then 1
        else 0
    end as numerator,
    1 as denominator,
    case when e.operation_status_date > :as_of then 'status_after_as_of' end as exclusion
from core.enterprise_known(:known_at) as e
where
    e.is_must_insure
    and (e.operation_status_code in ('10', '20') or e.operation_status_date > :as_of)
    and e.must_insure_from_date <= :as_of
    and (e.must_insure_to_date is null or e.must_insure_to_date >= :as_of)
