-- grain: one row an expense accrued in the period
-- scope: amounts accrued and not paid by D over amounts accrued, own shares
-- exclusions: policy unknown; other provinces by the roll-up
-- limits: expenses without an accrual date are not seen
select
    'fee_expense' as record_type,
    x.version_id as record_id,
    cast(null as text) as unit,
    x.insurer_id,
    case when x.is_pooled then x.pool_region_code else t.region_code end as region_code,
    x.accrued_date as business_date,
    case when not x.is_pooled then t.high_risk_domain_code end as domain_code,
    case when x.expense_status_code = '20' and x.paid_date <= :as_of then 0 else x.expense_amount end as numerator,
    x.expense_amount as denominator,
    case
        when x.is_pooled then null
        when t.version_id is null then 'policy_unknown'
    end as exclusion
from core.fee_expense_known(:known_at) as x
left join policy_timeline as t
    on
        x.insurer_id = t.insurer_id
        and x.policy_no = t.policy_no
        and x.accrued_date >= t.valid_from
        and x.accrued_date < t.valid_to
where
    x.expense_status_code in ('10', '20')
    and x.accrued_date between :period_start and :period_end
