-- grain: one row a policy whose cover starts in the period, or an endorsement, payment or open claim of it
-- scope: paid and reserved over the premium earned by D: each movement of premium evenly over the days of its own span
-- exclusions: policy void from the start (policy_void); other provinces by the roll-up; records whose policy does not
--   start in the period are no part of this figure
-- limits: earned premium of a record is rounded to 20 decimals, the sums of a cell to 12
with cohort as (
    select
        t.*,
        coalesce(t.termination_date <= :as_of, false) as is_terminated,
        case when t.is_void then 'policy_void' end as exclusion
    from policy_timeline as t
    where
        t.cover_start_date between :period_start and :period_end
        and :as_of >= t.valid_from
        and :as_of < t.valid_to
),

movement as (
    select
        'policy' as record_type,
        t.version_id as record_id,
        t.insurer_id,
        t.policy_no,
        t.cover_start_date as earned_from,
        t.written_premium_amount as amount
    from cohort as t
    union all
    select
        'endorsement' as record_type,
        e.version_id as record_id,
        t.insurer_id,
        t.policy_no,
        greatest(e.effective_date, t.cover_start_date) as earned_from,
        e.premium_change_amount as amount
    from cohort as t
    inner join core.endorsement_known(:known_at) as e on t.insurer_id = e.insurer_id and t.policy_no = e.policy_no
    where e.issue_date <= :as_of
),

earning as (
    select
        m.record_type,
        m.record_id,
        t.insurer_id,
        t.region_code,
        t.high_risk_domain_code,
        t.exclusion,
        case
            when t.is_terminated then m.amount
            when m.earned_from > :as_of then 0
            when t.cover_end_date <= :as_of then m.amount
            else
                core.half_up(
                    m.amount * (cast(:as_of as date) - m.earned_from + 1), t.cover_end_date - m.earned_from + 1, 20
                )
        end as earned_amount
    from movement as m
    inner join cohort as t on m.insurer_id = t.insurer_id and m.policy_no = t.policy_no
)

select
    m.record_type,
    m.record_id,
    cast(null as text) as unit,
    m.insurer_id,
    m.region_code,
    cast(:as_of as date) as business_date,
    m.high_risk_domain_code as domain_code,
    0 as numerator,
    m.earned_amount as denominator,
    m.exclusion
from earning as m
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
    t.exclusion
from cohort as t
inner join known_payment as p on t.insurer_id = p.insurer_id and t.policy_no = p.policy_no
where
    p.payment_kind_code in ('10', '20', '40', '50')
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
    t.exclusion
from cohort as t
inner join core.claim_known(:known_at) as c on t.insurer_id = c.insurer_id and t.policy_no = c.policy_no
where
    cast(c.reported_at at time zone 'Asia/Shanghai' as date) <= :as_of
    and (
        c.claim_status_code in ('10', '20', '30', '70')
        or cast(c.closed_at at time zone 'Asia/Shanghai' as date) > :as_of
    )
