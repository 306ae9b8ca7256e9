-- grain: one row a paid expense that is not pooled, or a confirmed service, of the period
-- scope: yuan of fee over services
-- exclusions: policy unknown, services of followers (not_lead); other provinces by the roll-up
-- limits: a fee may be paid in another period than its service
select
    'fee_expense' as record_type,
    x.version_id as record_id,
    cast(null as text) as unit,
    x.insurer_id,
    t.region_code,
    x.paid_date as business_date,
    t.high_risk_domain_code as domain_code,
    x.expense_amount as numerator,
    0 as denominator,
    case when t.version_id is null then 'policy_unknown' end as exclusion
from core.fee_expense_known(:known_at) as x
left join policy_timeline as t
    on
        x.insurer_id = t.insurer_id
        and x.policy_no = t.policy_no
        and x.paid_date >= t.valid_from
        and x.paid_date < t.valid_to
where
    not x.is_pooled
    and x.expense_status_code in ('20', '30')
    and x.paid_date between :period_start and :period_end
union all
select
    'service_record' as record_type,
    s.version_id as record_id,
    cast(null as text) as unit,
    s.insurer_id,
    t.region_code,
    s.done_on as business_date,
    t.high_risk_domain_code as domain_code,
    0 as numerator,
    1 as denominator,
    case when t.version_id is null then 'policy_unknown' when not t.is_lead then 'not_lead' end as exclusion
from (
    select
        k.*,
        cast(k.service_end_at at time zone 'Asia/Shanghai' as date) as done_on
    from core.service_record_known(:known_at) as k
    where k.service_status_code = '50'
) as s
left join policy_timeline as t
    on
        s.insurer_id = t.insurer_id
        and s.policy_no = t.policy_no
        and s.done_on >= t.valid_from
        and s.done_on < t.valid_to
where s.done_on between :period_start and :period_end
