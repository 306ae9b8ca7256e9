-- grain: one row a payment, policy or endorsement of the period
-- scope: paid without claim expense over written premium with its changes, own shares
-- exclusions: claim or policy unknown (claim_unknown, policy_unknown), policy void from the start (policy_void);
--   other provinces by the roll-up
-- limits: a reversal of claim expense has kind 50 too and is taken off the payments
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
    'policy' as record_type,
    t.version_id as record_id,
    cast(null as text) as unit,
    t.insurer_id,
    t.region_code,
    t.issue_date as business_date,
    t.high_risk_domain_code as domain_code,
    0 as numerator,
    t.written_premium_amount as denominator,
    case when t.is_void then 'policy_void' end as exclusion
from policy_timeline as t
where
    t.issue_date between :period_start and :period_end
    and t.issue_date >= t.valid_from
    and t.issue_date < t.valid_to
union all
select
    'endorsement' as record_type,
    e.version_id as record_id,
    cast(null as text) as unit,
    e.insurer_id,
    t.region_code,
    e.issue_date as business_date,
    t.high_risk_domain_code as domain_code,
    0 as numerator,
    e.premium_change_amount as denominator,
    case when t.version_id is null then 'policy_unknown' when t.is_void then 'policy_void' end as exclusion
from core.endorsement_known(:known_at) as e
left join policy_timeline as t
    on
        e.insurer_id = t.insurer_id
        and e.policy_no = t.policy_no
        and e.issue_date >= t.valid_from
        and e.issue_date < t.valid_to
where e.issue_date between :period_start and :period_end
