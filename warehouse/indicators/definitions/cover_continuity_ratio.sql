-- grain: one row an enterprise that must insure on a day of the period
-- scope: its days in force, each once, over its days of duty in the period
-- exclusions: status on D unknown (status_after_as_of); other provinces by the roll-up
-- limits: the status known at K is taken for the whole period
with cover as (
    select
        t.insured_credit_code,
        range_agg(daterange(t.cover_from, t.cover_to, '[]')) as covered_days
    from policy_timeline as t
    where
        t.insured_object_code = '10'
        and t.cover_from <= :period_end
        and t.cover_to >= :period_start
    group by t.insured_credit_code
),

duty as (
    select
        e.*,
        daterange(
            greatest(e.must_insure_from_date, cast(:period_start as date)),
            least(e.must_insure_to_date, cast(:period_end as date)),
            '[]'
        ) as duty_days
    from core.enterprise_known(:known_at) as e
    where
        e.is_must_insure
        and (e.operation_status_code in ('10', '20') or e.operation_status_date > :as_of)
        and e.must_insure_from_date <= :period_end
        and (e.must_insure_to_date is null or e.must_insure_to_date >= :period_start)
        and (e.must_insure_to_date is null or e.must_insure_to_date >= e.must_insure_from_date)
)

select
    'enterprise' as record_type,
    e.version_id as record_id,
    e.credit_code as unit,
    cast(null as text) as insurer_id,
    e.region_code,
    cast(:as_of as date) as business_date,
    e.high_risk_domain_code as domain_code,
    (
        select coalesce(sum(upper(d) - lower(d)), 0)
        from unnest(c.covered_days * datemultirange(e.duty_days)) as d
    ) as numerator,
    upper(e.duty_days) - lower(e.duty_days) as denominator,
    case when e.operation_status_date > :as_of then 'status_after_as_of' end as exclusion
from duty as e
left join cover as c on e.credit_code = c.insured_credit_code
