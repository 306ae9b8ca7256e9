-- grain: one row a policy of the cohort, or an endorsement, payment or open claim of it
-- scope: paid and reserved over the premium earned by D, of policies that start in the period
-- exclusions: records whose policy is not in the cohort; other provinces by the roll-up
-- limits: each premium is earned evenly over the days of its term, rounded to 6 decimals
with cohort as (
    select
        t.*,
        cast(:as_of as date) - t.cover_start_date + 1 as elapsed_days,
        least(t.cover_end_date, t.termination_date - 1) - t.cover_start_date + 1 as term_days
    from policy_timeline as t
    where t.cover_start_date between :period_start and :period_end
        and :as_of >= t.valid_from
        and :as_of < t.valid_to
),

earning as (
    select
        t.*,
        case when t.term_days <= t.elapsed_days then 1 else t.elapsed_days end as earned_days,
        case when t.term_days <= t.elapsed_days then 1 else t.term_days end as whole_days
    from cohort as t
)

select
    'policy' as record_type,
    t.version_id as record_id,
    cast(null as text) as unit,
    t.insurer_id,
    t.region_code,
    cast(:as_of as date) as business_date,
    t.high_risk_domain_code as domain_code,
    0 as numerator,
    core.half_up(t.written_premium_amount * t.earned_days, t.whole_days, 6) as denominator,
    cast(null as text) as exclusion
from earning as t
union all
select
    'endorsement' as record_type,
    e.version_id as record_id,
    cast(null as text) as unit,
    t.insurer_id,
    t.region_code,
    cast(:as_of as date) as business_date,
    t.high_risk_domain_code as domain_code,
    0 as numerator,
    core.half_up(e.premium_change_amount * t.earned_days, t.whole_days, 6) as denominator,
    cast(null as text) as exclusion
from earning as t
inner join core.endorsement_known(:known_at) as e on t.insurer_id = e.insurer_id and t.policy_no = e.policy_no
where e.issue_date <= :as_of
union all
select
    'claim_payment' as record_type,
    p.version_id as record_id,
    cast(null as text) as unit,
    t.insurer_id,
    t.region_code,
    cast(:as_of as date) as business_date,
    t.high_risk_domain_code as domain_code,
    p.paid_amount as numerator,
    0 as denominator,
    cast(null as text) as exclusion
from earning as t
inner join known_payment as p on t.insurer_id = p.insurer_id and t.policy_no = p.policy_no
where p.payment_kind_code in ('10', '20', '40', '50')
    and p.paid_on <= :as_of
union all
select
    'claim' as record_type,
    c.version_id as record_id,
    cast(null as text) as unit,
    t.insurer_id,
    t.region_code,
    cast(:as_of as date) as business_date,
    t.high_risk_domain_code as domain_code,
    coalesce(c.reserve_amount, 0) as numerator,
    0 as denominator,
    cast(null as text) as exclusion
from earning as t
inner join core.claim_known(:known_at) as c on t.insurer_id = c.insurer_id and t.policy_no = c.policy_no
where cast(c.reported_at at time zone 'Asia/Shanghai' as date) <= :as_of
    and (
        c.claim_status_code in ('10', '20', '30', '70')
        or cast(c.closed_at at time zone 'Asia/Shanghai' as date) > :as_of
    )
