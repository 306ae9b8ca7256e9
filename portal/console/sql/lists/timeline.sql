-- What happened to one enterprise, as a list.
-- Grain: one row an event. Scope: current records of the policies that name it as insured, the newest event first.
-- Exclusions: policies that an endorsement gave it. Limits: one event a record: its main day.
with own as materialized (
    select
        p.insurer_id,
        p.policy_no
    from report.policy as p
    where p.insured_credit_code = :credit_code
),

event as materialized (
    select
        'policy' as record_type,
        v.version_id,
        v.policy_no as record_key,
        v.insurer_id,
        v.policy_no as policy_no,
        'issued' as event,
        v.issue_date as event_date,
        'CL-POLICY-STATUS' as code_list,
        v.policy_status_code as code,
        v.written_premium_amount as amount,
        v.product_name as text
    from own as o
    inner join report.policy as v on o.insurer_id = v.insurer_id and o.policy_no = v.policy_no
    union all
    select
        'endorsement' as record_type,
        v.version_id,
        v.endorsement_no as record_key,
        v.insurer_id,
        v.policy_no as policy_no,
        'endorsed' as event,
        v.effective_date as event_date,
        'CL-ENDORSEMENT' as code_list,
        v.endorsement_type_code as code,
        v.premium_change_amount as amount,
        v.description_text as text
    from own as o
    inner join report.endorsement as v on o.insurer_id = v.insurer_id and o.policy_no = v.policy_no
    union all
    select
        'premium_receipt' as record_type,
        v.version_id,
        v.receipt_no as record_key,
        v.insurer_id,
        v.policy_no as policy_no,
        'received' as event,
        v.receipt_date as event_date,
        'CL-RECEIPT' as code_list,
        v.receipt_type_code as code,
        v.received_amount as amount,
        v.instalment_no as text
    from own as o
    inner join report.premium_receipt as v on o.insurer_id = v.insurer_id and o.policy_no = v.policy_no
    union all
    select
        'claim' as record_type,
        v.version_id,
        v.report_no as record_key,
        v.insurer_id,
        v.policy_no as policy_no,
        'accident' as event,
        cast(v.accident_at at time zone 'Asia/Shanghai' as date) as event_date,
        'CL-CLAIM-STATUS' as code_list,
        v.claim_status_code as code,
        v.claimed_amount as amount,
        v.accident_place_text as text
    from own as o
    inner join report.claim as v on o.insurer_id = v.insurer_id and o.policy_no = v.policy_no
    union all
    select
        'claim_payment' as record_type,
        v.version_id,
        v.payment_no as record_key,
        v.insurer_id,
        c.policy_no as policy_no,
        'paid' as event,
        cast(v.paid_at at time zone 'Asia/Shanghai' as date) as event_date,
        'CL-PAYMENT-KIND' as code_list,
        v.payment_kind_code as code,
        v.paid_amount as amount,
        cast(null as text) as text
    from own as o
    inner join report.claim as c on o.insurer_id = c.insurer_id and o.policy_no = c.policy_no
    inner join report.claim_payment as v on c.insurer_id = v.insurer_id and c.report_no = v.report_no
    union all
    select
        'service_plan' as record_type,
        v.version_id,
        concat_ws('|', v.plan_no, v.plan_line_no) as record_key,
        v.insurer_id,
        v.policy_no as policy_no,
        'planned' as event,
        v.window_end_date as event_date,
        'CL-SERVICE-ITEM' as code_list,
        v.service_item_code as code,
        v.budget_amount as amount,
        v.goal_text as text
    from own as o
    inner join report.service_plan as v on o.insurer_id = v.insurer_id and o.policy_no = v.policy_no
    union all
    select
        'service_record' as record_type,
        v.version_id,
        v.service_no as record_key,
        v.insurer_id,
        v.policy_no as policy_no,
        'served' as event,
        cast(coalesce(v.service_end_at, v.service_start_at) at time zone 'Asia/Shanghai' as date) as event_date,
        'CL-SERVICE-STATUS' as code_list,
        v.service_status_code as code,
        cast(null as numeric) as amount,
        v.measure_text as text
    from own as o
    inner join report.service_record as v on o.insurer_id = v.insurer_id and o.policy_no = v.policy_no
    union all
    select
        'hazard' as record_type,
        v.version_id,
        v.hazard_no as record_key,
        v.insurer_id,
        c.policy_no as policy_no,
        'found' as event,
        cast(v.found_at at time zone 'Asia/Shanghai' as date) as event_date,
        'CL-HAZARD-STATUS' as code_list,
        v.hazard_status_code as code,
        cast(null as numeric) as amount,
        v.description_text as text
    from own as o
    inner join report.service_record as c on o.insurer_id = c.insurer_id and o.policy_no = c.policy_no
    inner join report.hazard as v on c.insurer_id = v.insurer_id and c.service_no = v.service_no
    union all
    select
        'fee_expense' as record_type,
        v.version_id,
        v.expense_no as record_key,
        v.insurer_id,
        v.policy_no as policy_no,
        'spent' as event,
        coalesce(v.paid_date, v.accrued_date) as event_date,
        'CL-FEE' as code_list,
        v.fee_category_code as code,
        v.expense_amount as amount,
        cast(null as text) as text
    from own as o
    inner join report.fee_expense as v on o.insurer_id = v.insurer_id and o.policy_no = v.policy_no
)

select
    lpad(cast(row_number() over newest as text), 9, '0') as sort_key,
    concat_ws(':', e.record_type, e.version_id) as row_key,
    e.event_date as on_date,
    e.record_type,
    e.version_id,
    e.record_key,
    e.insurer_id,
    cast(null as text) as region_code,
    cast(null as text) as domain_code,
    e.policy_no,
    e.event,
    e.event_date,
    e.code_list,
    e.code,
    e.amount,
    e.text,
    n.counts
from event as e
cross join (
    select jsonb_object_agg(c.record_type, c.event_count) as counts
    from (
        select
            a.record_type,
            count(*) as event_count
        from event as a
        group by a.record_type
    ) as c
) as n
where cast(:wanted_type as text) is null or e.record_type = :wanted_type
window newest as (order by e.event_date desc nulls last, e.record_type asc, e.insurer_id asc, e.record_key asc)
