-- grain: one row an advance or settlement payment of the period
-- scope: advances over advances and settlements
-- exclusions: claim or policy unknown (claim_unknown, policy_unknown); other provinces by the roll-up
-- limits: recoveries and reversals stay out
select
    'claim_payment' as record_type,
    p.version_id as record_id,
    cast(null as text) as unit,
    p.insurer_id,
    t.region_code,
    p.paid_on as business_date,
    t.high_risk_domain_code as domain_code,
    case when p.payment_kind_code = '10' then p.paid_amount else 0 end as numerator,
    p.paid_amount as denominator,
    coalesce(p.lost_link, case when t.version_id is null then 'policy_unknown' end) as exclusion
from known_payment as p
left join policy_timeline as t
    on
        p.insurer_id = t.insurer_id
        and p.policy_no = t.policy_no
        and p.paid_on >= t.valid_from
        and p.paid_on < t.valid_to
where
    p.payment_kind_code in ('10', '20')
    and p.paid_on between :period_start and :period_end
