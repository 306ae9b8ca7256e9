-- grain: one row an enterprise of the numerator of coverage_ratio
-- scope: insured persons of its counted policies, at most its employees, over its employees
-- exclusions: status on D unknown (status_after_as_of); other provinces by the roll-up
-- limits: persons on policies of a follower without its lead are unknown and count 0
with cover as (
    select
        t.insured_credit_code,
        max(t.employee_count) as declared_count,
        coalesce(sum(t.insured_person_count) filter (where t.is_lead), 0) as insured_count
    from policy_timeline as t
    where
        t.insured_object_code = '10'
        and t.cover_from <= :as_of
        and t.cover_to >= :as_of
    group by t.insured_credit_code
)

select
    'enterprise' as record_type,
    e.version_id as record_id,
    e.credit_code as unit,
    cast(null as text) as insurer_id,
    e.region_code,
    cast(:as_of as date) as business_date,
    e.high_risk_domain_code as domain_code,
    least(e.insured_count, e.staff_count) as numerator,
    e.staff_count as denominator,
    case when e.operation_status_date > :as_of then 'status_after_as_of' end as exclusion
from (
    select
        e.*,
        coalesce(case
            when e.employee_count_date between cast(cast(:as_of as date) - interval '12 months' as date) and :as_of
                then e.employee_count
            else c.declared_count
        end, 0) as staff_count,
        c.insured_count
    from core.enterprise_known(:known_at) as e
    inner join cover as c on e.credit_code = c.insured_credit_code
) as e
where
    e.is_must_insure
    and (e.operation_status_code in ('10', '20') or e.operation_status_date > :as_of)
    and e.must_insure_from_date <= :as_of
    and (e.must_insure_to_date is null or e.must_insure_to_date >= :as_of)
