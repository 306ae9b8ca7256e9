-- grain: one row a policy in force on D, object 10, of an enterprise that must insure
-- scope: counts its enterprise once a cell; area and sector of the register
-- exclusions: status on D unknown (status_after_as_of); other provinces by the roll-up
-- limits: no denominator: the insurers of an enterprise are its own choice
select
    'policy' as record_type,
    t.version_id as record_id,
    e.credit_code as unit,
    t.insurer_id,
    e.region_code,
    cast(:as_of as date) as business_date,
    e.high_risk_domain_code as domain_code,
    1 as numerator,
    cast(null as numeric) as denominator,
    case when e.operation_status_date > :as_of then 'status_after_as_of' end as exclusion
from core.enterprise_known(:known_at) as e
inner join policy_timeline as t on e.credit_code = t.insured_credit_code
where
    e.is_must_insure
    and (e.operation_status_code in ('10', '20') or e.operation_status_date > :as_of)
    and e.must_insure_from_date <= :as_of
    and (e.must_insure_to_date is null or e.must_insure_to_date >= :as_of)
    and t.insured_object_code = '10'
    and t.cover_from <= :as_of
    and t.cover_to >= :as_of
