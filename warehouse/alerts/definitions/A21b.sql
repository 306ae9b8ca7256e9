-- grain: one row a claim that is agreed and not paid in time
-- scope: claims with an agreement, decided or settled, without any settlement or advance paid
-- exclusions: refused and closed claims; claims that were paid late, of which the rule PAY-008 tells
-- limits: a claim that is paid in part counts as paid
select
    c.insurer_id,
    p.region_code,
    p.high_risk_domain_code as domain_code,
    'claim' as record_type,
    c.report_no as record_key,
    cast(null as date) as deadline_on,
    c.report_no,
    cast(c.agreed_at at time zone 'Asia/Shanghai' as date) as agreed_on
from core.claim_known(:known_at) as c
left join core.policy_known(:known_at) as p on c.insurer_id = p.insurer_id and c.policy_no = p.policy_no
left join (
    select distinct
        y.insurer_id,
        y.report_no
    from core.claim_payment_known(:known_at) as y
    where y.payment_kind_code in ('10', '20')
) as y on c.insurer_id = y.insurer_id and c.report_no = y.report_no
where
    c.claim_status_code in ('30', '40')
    and cast(c.agreed_at at time zone 'Asia/Shanghai' as date) + cast(:days as integer) < :as_of
    and y.report_no is null
