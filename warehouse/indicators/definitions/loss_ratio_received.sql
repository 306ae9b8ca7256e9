-- grain: one row a payment or receipt of the period
-- scope: paid without claim expense over premium received, own shares
-- exclusions: claim or policy unknown (claim_unknown, policy_unknown), payments of a policy void from the start
--   (policy_void); other provinces by the roll-up
-- limits: as loss_ratio_simple; money received on a policy that became void counts until it is refunded
select
    'claim_payment' as record_type,
    p.version_id as record_id,
    cast(null as text) as unit,
    p.insurer_id,
    t.region_code,
    p.paid_on as business_date,
    t.high_risk_domain_code as domain_code,
    p.paid_amount as numerator,
    0 as denominator,
    coalesce(
        p.lost_link,
        case when t.version_id is null then 'policy_unknown' when t.is_void then 'policy_void' end
    ) as exclusion
from known_payment as p
left join policy_timeline as t
    on
        p.insurer_id = t.insurer_id
        and p.policy_no = t.policy_no
        and p.paid_on >= t.valid_from
        and p.paid_on < t.valid_to
where
    p.payment_kind_code in ('10', '20', '40', '50')
    and p.paid_on between :period_start and :period_end
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
