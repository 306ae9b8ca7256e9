-- What happened to one enterprise, without computing for every table of records which of its policies a caller may see.
-- Grain: one row an event; one event a record: its main day.
-- Scope: report.enterprise_event finds the enterprise's policies as the owner, bound by what the caller may see;
--   mart.enterprise_events reads what hangs on these very policies, as anze_explainer. That is what row security lets the
--   caller see of them: a record is seen when its policy, or the policy of its claim or service, is.
-- Exclusions: policies that an endorsement gave the enterprise; records that were withdrawn.
-- Limits: mart.enterprise_events is executed by the owner only.
create function mart.enterprise_events(insurer_ids text[], policy_nos text[])
returns table (
    record_type text, version_id bigint, record_key text, insurer_id text, policy_no text, event text, event_date date,
    code_list text, code text, amount numeric, event_text text
) language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
begin
    return query
        with own as (
            select n.insurer_id, n.policy_no
            from unnest($1, $2) as n (insurer_id, policy_no)
        )
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
                v.product_name as event_text
            from own as o
            inner join core.policy as v on o.insurer_id = v.insurer_id and o.policy_no = v.policy_no
            where v.superseded_at is null and not v.is_withdrawn
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
                v.description_text as event_text
            from own as o
            inner join core.endorsement as v on o.insurer_id = v.insurer_id and o.policy_no = v.policy_no
            where v.superseded_at is null and not v.is_withdrawn
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
                v.instalment_no as event_text
            from own as o
            inner join core.premium_receipt as v on o.insurer_id = v.insurer_id and o.policy_no = v.policy_no
            where v.superseded_at is null and not v.is_withdrawn
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
                v.accident_place_text as event_text
            from own as o
            inner join core.claim as v on o.insurer_id = v.insurer_id and o.policy_no = v.policy_no
            where v.superseded_at is null and not v.is_withdrawn
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
                cast(null as text) as event_text
            from own as o
            inner join core.claim as c on o.insurer_id = c.insurer_id and o.policy_no = c.policy_no
            inner join core.claim_payment as v on c.insurer_id = v.insurer_id and c.report_no = v.report_no
            where c.superseded_at is null and not c.is_withdrawn and v.superseded_at is null and not v.is_withdrawn
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
                v.goal_text as event_text
            from own as o
            inner join core.service_plan as v on o.insurer_id = v.insurer_id and o.policy_no = v.policy_no
            where v.superseded_at is null and not v.is_withdrawn
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
                v.measure_text as event_text
            from own as o
            inner join core.service_record as v on o.insurer_id = v.insurer_id and o.policy_no = v.policy_no
            where v.superseded_at is null and not v.is_withdrawn
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
                v.description_text as event_text
            from own as o
            inner join core.service_record as c on o.insurer_id = c.insurer_id and o.policy_no = c.policy_no
            inner join core.hazard as v on c.insurer_id = v.insurer_id and c.service_no = v.service_no
            where c.superseded_at is null and not c.is_withdrawn and v.superseded_at is null and not v.is_withdrawn
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
                cast(null as text) as event_text
            from own as o
            inner join core.fee_expense as v on o.insurer_id = v.insurer_id and o.policy_no = v.policy_no
            where v.superseded_at is null and not v.is_withdrawn;
end
$$;

create function report.enterprise_event(credit_code text)
returns table (
    record_type text, version_id bigint, record_key text, insurer_id text, policy_no text, event text, event_date date,
    code_list text, code text, amount numeric, event_text text
) language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
    insurer_ids text[];
    policy_nos text[];
begin
    select array_agg(p.insurer_id), array_agg(p.policy_no) into insurer_ids, policy_nos
    from core.policy as p
    where p.insured_credit_code = $1 and p.superseded_at is null and not p.is_withdrawn;
    return query select e.* from mart.enterprise_events(insurer_ids, policy_nos) as e;
end
$$;
comment on function report.enterprise_event is
'一家企业的往来事项:每条记录一行,限对本账号可见的保单及其批单、收款、赔案、赔款、方案、服务、隐患、费用的当前版本;批单改名得来的保单不在内。参数: credit_code 统一社会信用代码。列: record_type 数据类型; version_id 版本号; record_key 业务编号; insurer_id 报送机构; policy_no 保单号; event 事项; event_date 日期; code_list 代码表; code 代码; amount 金额,元; event_text 说明';
grant execute on function report.enterprise_event to anze_regulator, anze_loader;

revoke execute on function mart.enterprise_events from public, anze_loader;
-- Only for the time of this migration: an owner of a function must be able to create in its schema.
grant create on schema mart to anze_explainer;
alter function mart.enterprise_events owner to anze_explainer;
revoke create on schema mart from anze_explainer;
set local role anze_explainer;
grant execute on function mart.enterprise_events to anze_owner;
set local role anze_owner;
