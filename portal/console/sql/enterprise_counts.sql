-- How much there is of one enterprise.
-- Grain: one row a record type. Scope: current records of the policies that name it as insured, as the timeline has them.
-- Exclusions: policies that an endorsement gave it. Limits: none.
with own as materialized (
    select
        p.insurer_id,
        p.policy_no
    from report.policy as p
    where p.insured_credit_code = :credit_code
)

select
    'policy' as record_type,
    count(*) as event_count
from own as o
inner join report.policy as v on o.insurer_id = v.insurer_id and o.policy_no = v.policy_no
union all
select
    'endorsement' as record_type,
    count(*) as event_count
from own as o
inner join report.endorsement as v on o.insurer_id = v.insurer_id and o.policy_no = v.policy_no
union all
select
    'premium_receipt' as record_type,
    count(*) as event_count
from own as o
inner join report.premium_receipt as v on o.insurer_id = v.insurer_id and o.policy_no = v.policy_no
union all
select
    'claim' as record_type,
    count(*) as event_count
from own as o
inner join report.claim as v on o.insurer_id = v.insurer_id and o.policy_no = v.policy_no
union all
select
    'claim_payment' as record_type,
    count(*) as event_count
from own as o
inner join report.claim as c on o.insurer_id = c.insurer_id and o.policy_no = c.policy_no
inner join report.claim_payment as v on c.insurer_id = v.insurer_id and c.report_no = v.report_no
union all
select
    'service_plan' as record_type,
    count(*) as event_count
from own as o
inner join report.service_plan as v on o.insurer_id = v.insurer_id and o.policy_no = v.policy_no
union all
select
    'service_record' as record_type,
    count(*) as event_count
from own as o
inner join report.service_record as v on o.insurer_id = v.insurer_id and o.policy_no = v.policy_no
union all
select
    'hazard' as record_type,
    count(*) as event_count
from own as o
inner join report.service_record as c on o.insurer_id = c.insurer_id and o.policy_no = c.policy_no
inner join report.hazard as v on c.insurer_id = v.insurer_id and c.service_no = v.service_no
union all
select
    'fee_expense' as record_type,
    count(*) as event_count
from own as o
inner join report.fee_expense as v on o.insurer_id = v.insurer_id and o.policy_no = v.policy_no
