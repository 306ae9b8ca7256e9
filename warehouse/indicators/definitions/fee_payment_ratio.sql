-- grain: one row a paid expense or receipt of the period
-- scope: fee paid over premium received times the ratio agreed, else required; own shares
-- exclusions: policy unknown, no ratio agreed or required (no_ratio); other provinces by the roll-up
-- limits: no sector: pooled fees have none; what a policy that is not known would owe is not known (0)
with booking as (
    select
        'fee_expense' as record_type,
        x.version_id,
        x.insurer_id,
        x.policy_no,
        x.is_pooled,
        x.pool_region_code,
        x.paid_date as business_date,
        x.expense_amount,
        0 as received_amount
    from core.fee_expense_known(:known_at) as x
    where
        x.expense_status_code in ('20', '30')
        and x.paid_date between :period_start and :period_end
    union all
    select
        'premium_receipt' as record_type,
        r.version_id,
        r.insurer_id,
        r.policy_no,
        false as is_pooled,
        null as pool_region_code,
        r.receipt_date as business_date,
        0 as expense_amount,
        r.received_amount
    from core.premium_receipt_known(:known_at) as r
    where r.receipt_date between :period_start and :period_end
),

rated as (
    select
        b.*,
        t.version_id as policy_version_id,
        t.region_code,
        t.high_risk_domain_code,
        coalesce(
            t.service_fee_ratio,
            (
                select max(q.threshold_value)
                from core.rule_threshold_known(:known_at) as q
                where
                    q.basis_code = 'premium_received'
                    and q.unit_code = 'ratio'
                    and q.operator_code in ('>=', '=')
                    and q.valid_from_date <= b.business_date
                    and (q.valid_to_date is null or q.valid_to_date >= b.business_date)
                    and (
                        q.high_risk_domain_code in ('*', t.high_risk_domain_code)
                        or (q.high_risk_domain_code = '10' and t.high_risk_domain_code in ('11', '12'))
                    )
                    and (
                        q.region_code in ('*', g.county_code, g.city_code, g.province_code)
                        or (
                            length(q.region_code) < 6
                            and coalesce(g.city_code, g.province_code) like q.region_code || '%'
                        )
                    )
            )
        ) as applied_ratio
    from booking as b
    left join policy_timeline as t
        on
            b.insurer_id = t.insurer_id
            and b.policy_no = t.policy_no
            and b.business_date >= t.valid_from
            and b.business_date < t.valid_to
            and not b.is_pooled
    left join reference.region_resolution as g
        on
            t.region_code = g.region_code
            and b.business_date >= g.valid_from
            and b.business_date <= coalesce(g.valid_to, 'infinity')
)

select
    b.record_type,
    b.version_id as record_id,
    cast(null as text) as unit,
    b.insurer_id,
    case when b.is_pooled then b.pool_region_code else b.region_code end as region_code,
    b.business_date,
    b.high_risk_domain_code as domain_code,
    b.expense_amount as numerator,
    case when b.policy_version_id is null then 0 else b.received_amount * coalesce(b.applied_ratio, 0) end as denominator,
    case
        when b.is_pooled then null
        when b.policy_version_id is null then 'policy_unknown'
        when b.applied_ratio is null then 'no_ratio'
    end as exclusion
from rated as b
