-- core.service_plan: every accepted version of 服务方案
-- grain: one row a version of (plan_no, plan_line_no, insurer_id)
create table core.service_plan (
    version_id bigint generated always as identity primary key,
    insurer_id text not null,
    insurer_code text,
    branch_code text,
    source_record_no text,
    operation_code text not null,
    source_updated_at timestamptz not null,
    correction_reason_text text,
    plan_no text not null,
    plan_line_no text not null,
    policy_no text,
    plan_status_code text,
    plan_date date,
    service_item_code text,
    item_edition_code text,
    planned_count integer,
    window_start_date date,
    window_end_date date,
    service_form_code text,
    agency_credit_code text,
    staff_text text,
    measure_text text,
    goal_text text,
    guarantee_text text,
    budget_amount numeric(18,2),
    basis_rule_no text,
    topic_code text,
    confirmed_at timestamptz,
    batch_id bigint not null,
    row_no bigint not null,
    content_hash text not null,
    recorded_at timestamptz not null,
    superseded_at timestamptz,
    first_received_at timestamptz not null,
    deadline_on date,
    timeliness text check (timeliness in ('on_time', 'late', 'undetermined')),
    is_withdrawn boolean not null default false,
    check (superseded_at is null or superseded_at >= recorded_at)
);
create unique index service_plan_current_key on core.service_plan (plan_no, plan_line_no, insurer_id) where superseded_at is null;
create index service_plan_past_key on core.service_plan (plan_no, plan_line_no, insurer_id) where superseded_at is not null;
create index service_plan_batch on core.service_plan using brin (batch_id);

call core.protect_history('service_plan');

create view core.service_plan_current as
select * from core.service_plan where superseded_at is null and not is_withdrawn;

create function core.service_plan_known(known_at timestamptz) returns setof core.service_plan
language sql stable parallel safe as $$
    select v.* from core.service_plan as v
    where v.recorded_at <= $1 and (v.superseded_at is null or v.superseded_at > $1) and not v.is_withdrawn
$$;
comment on table core.service_plan is '服务方案(全部版本)';
comment on column core.service_plan.insurer_code is '保险机构代码';
comment on column core.service_plan.branch_code is '市级机构代码';
comment on column core.service_plan.source_record_no is '源系统流水号';
comment on column core.service_plan.operation_code is '操作类型';
comment on column core.service_plan.source_updated_at is '源系统更新时间';
comment on column core.service_plan.correction_reason_text is '更正原因';
comment on column core.service_plan.plan_no is '方案编号';
comment on column core.service_plan.plan_line_no is '方案明细号';
comment on column core.service_plan.policy_no is '保单号';
comment on column core.service_plan.plan_status_code is '方案状态';
comment on column core.service_plan.plan_date is '方案约定日期';
comment on column core.service_plan.service_item_code is '服务项目';
comment on column core.service_plan.item_edition_code is '服务项目版本';
comment on column core.service_plan.planned_count is '计划次数';
comment on column core.service_plan.window_start_date is '计划起始日期';
comment on column core.service_plan.window_end_date is '计划截止日期';
comment on column core.service_plan.service_form_code is '服务形式';
comment on column core.service_plan.agency_credit_code is '服务机构信用代码';
comment on column core.service_plan.staff_text is '服务人员安排';
comment on column core.service_plan.measure_text is '服务措施';
comment on column core.service_plan.goal_text is '预期目标';
comment on column core.service_plan.guarantee_text is '服务保障事项';
comment on column core.service_plan.budget_amount is '预算金额';
comment on column core.service_plan.basis_rule_no is '依据规则';
comment on column core.service_plan.topic_code is '年度任务主题';
comment on column core.service_plan.confirmed_at is '被保险人确认时间';
comment on column core.service_plan.version_id is '版本号(平台内部)';
comment on column core.service_plan.insurer_id is '报送机构';
comment on column core.service_plan.batch_id is '批次号';
comment on column core.service_plan.row_no is '批次内行号';
comment on column core.service_plan.content_hash is '内容哈希 SHA-256';
comment on column core.service_plan.recorded_at is '入库时间';
comment on column core.service_plan.superseded_at is '被替换时间,空为当前版本';
comment on column core.service_plan.first_received_at is '首次接收时间';
comment on column core.service_plan.deadline_on is '报送截止日,空为待定或不适用';
comment on column core.service_plan.timeliness is '及时性: on_time 及时, late 迟报, undetermined 待定';
comment on column core.service_plan.is_withdrawn is '撤销标志';
