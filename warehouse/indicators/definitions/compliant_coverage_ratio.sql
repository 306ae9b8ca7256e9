-- grain: one row an enterprise that must insure on D
-- scope: numerator 1 when it is insured, for all its staff, with no counted policy below the minimum limit
-- exclusions: status on D unknown (status_after_as_of); other provinces by the roll-up
-- limits: a policy without any known minimum is not below it
with policy_limit as (
    select
        t.*,
        (
            select max(r.threshold_value)
            from core.rule_threshold_known(:known_at) as r
            where
                r.basis_code = 'per_person'
                and r.unit_code = 'yuan'
                and r.operator_code = '>='
                and r.valid_from_date <= t.issue_date
                and (r.valid_to_date is null or r.valid_to_date >= t.issue_date)
                and (
                    r.high_risk_domain_code in ('*', t.high_risk_domain_code)
                    or (r.high_risk_domain_code = '10' and t.high_risk_domain_code in ('11', '12'))
                )
                and (
                    r.region_code in ('*', g.county_code, g.city_code, g.province_code)
                    or (
                        length(r.region_code) < 6
                        and coalesce(g.city_code, g.province_code) like r.region_code || '%'
                    )
                )
        ) as minimum_amount
    from policy_timeline as t
    left join reference.region_resolution as g
        on
            t.region_code = g.region_code
            and :as_of >= g.valid_from
            and :as_of <= coalesce(g.valid_to, 'infinity')
    where
        t.insured_object_code = '10'
        and t.cover_from <= :as_of
        and t.cover_to >= :as_of
),

cover as (
    select
        t.insured_credit_code,
        max(t.employee_count) as declared_count,
        coalesce(sum(t.insured_person_count) filter (where t.is_lead), 0) as insured_count,
        count(*) filter (where t.is_lead) as counted_count,
        count(*) filter (where t.is_lead and t.per_person_limit_amount < t.minimum_amount) as low_count
    from policy_limit as t
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
    case
        when e.counted_count > 0 and e.low_count = 0 and e.insured_count >= e.staff_count then 1
        else 0
    end as numerator,
    1 as denominator,
    case when e.operation_status_date > :as_of then 'status_after_as_of' end as exclusion
from (
    select
        e.*,
        coalesce(case
            when e.employee_count_date between cast(cast(:as_of as date) - interval '12 months' as date) and :as_of
                then e.employee_count
            else c.declared_count
        end, 0) as staff_count,
        c.insured_count,
        c.counted_count,
        c.low_count
    from core.enterprise_known(:known_at) as e
    left join cover as c on e.credit_code = c.insured_credit_code
) as e
where
    e.is_must_insure
    and (e.operation_status_code in ('10', '20') or e.operation_status_date > :as_of)
    and e.must_insure_from_date <= :as_of
    and (e.must_insure_to_date is null or e.must_insure_to_date >= :as_of)
