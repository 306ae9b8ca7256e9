-- grain: one row a paid expense or receipt of the period
-- scope: fee paid over premium received, own shares; pooled fees in the area of their pool
-- exclusions: policy unknown; other provinces by the roll-up
-- limits: no sector: pooled fees have none
select
    'fee_expense' as record_type,
    x.version_id as record_id,
    cast(null as text) as unit,
    x.insurer_id,
    case when x.is_pooled then x.pool_region_code else t.region_code end as region_code,
    x.paid_date as business_date,
    case when not x.is_pooled then t.high_risk_domain_code end as domain_code,
    x.expense_amount as numerator,
    0 as denominator,
    case
        when x.is_pooled then null
        when t.version_id is null then 'policy_unknown'
    end as exclusion
from core.fee_expense_known(:known_at) as x
left join policy_timeline as t
    on
        x.insurer_id = t.insurer_id
        and x.policy_no = t.policy_no
        and x.paid_date >= t.valid_from
        and x.paid_date < t.valid_to
where
    x.expense_status_code in ('20', '30')
    and x.paid_date between :period_start and :period_end
union all
select
    'premium_receipt' as record_type,
    r.version_id as record_id,
    cast(null as text) as unit,
    r.insurer_id,
    t.region_code,
    r.receipt_date as business_date,
    t.high_risk_domain_code as domain_code,
    0 as numerator,
    r.received_amount as denominator,
    case when t.version_id is null then 'policy_unknown' end as exclusion
from core.premium_receipt_known(:known_at) as r
left join policy_timeline as t
    on
        r.insurer_id = t.insurer_id
        and r.policy_no = t.policy_no
        and r.receipt_date >= t.valid_from
        and r.receipt_date < t.valid_to
where r.receipt_date between :period_start and :period_end
