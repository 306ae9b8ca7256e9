-- grain: one row a policy in force on D, object 10, of an enterprise that must insure
-- scope: numerator 1 when the limit per person reaches the largest minimum for its area, sector and issue date
-- exclusions: followers (not_lead); status on D unknown (status_after_as_of); no minimum known (no_threshold);
--   other provinces by the roll-up
-- limits: local minimums are those of the register of thresholds
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
)

select
    'policy' as record_type,
    t.version_id as record_id,
    t.policy_no as unit,
    t.insurer_id,
    t.region_code,
    cast(:as_of as date) as business_date,
    t.high_risk_domain_code as domain_code,
    case when t.per_person_limit_amount >= t.minimum_amount then 1 else 0 end as numerator,
    1 as denominator,
    case
        when not t.is_lead then 'not_lead'
        when e.operation_status_date > :as_of then 'status_after_as_of'
        when t.minimum_amount is null then 'no_threshold'
    end as exclusion
from policy_limit as t
inner join core.enterprise_known(:known_at) as e on t.insured_credit_code = e.credit_code
where
    e.is_must_insure
    and (e.operation_status_code in ('10', '20') or e.operation_status_date > :as_of)
    and e.must_insure_from_date <= :as_of
    and (e.must_insure_to_date is null or e.must_insure_to_date >= :as_of)
