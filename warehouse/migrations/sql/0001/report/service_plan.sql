-- report.service_plan: current records of 服务方案
-- grain: one row per plan line
create view report.service_plan as
select
    insurer_id,
    insurer_code,
    branch_code,
    source_record_no,
    operation_code,
    source_updated_at,
    correction_reason_text,
    plan_no,
    plan_line_no,
    policy_no,
    plan_status_code,
    plan_date,
    service_item_code,
    item_edition_code,
    planned_count,
    window_start_date,
    window_end_date,
    service_form_code,
    agency_credit_code,
    measure_text,
    goal_text,
    guarantee_text,
    budget_amount,
    basis_rule_no,
    topic_code,
    confirmed_at,
    version_id,
    batch_id,
    row_no,
    recorded_at,
    first_received_at,
    deadline_on,
    timeliness
from core.service_plan_current;
grant select on report.service_plan to anze_regulator;
comment on view report.service_plan is '服务方案: 当前有效记录,不含个人信息';
comment on column report.service_plan.insurer_code is '保险机构代码';
comment on column report.service_plan.branch_code is '市级机构代码';
comment on column report.service_plan.source_record_no is '源系统流水号';
comment on column report.service_plan.operation_code is '操作类型';
comment on column report.service_plan.source_updated_at is '源系统更新时间';
comment on column report.service_plan.correction_reason_text is '更正原因';
comment on column report.service_plan.plan_no is '方案编号';
comment on column report.service_plan.plan_line_no is '方案明细号';
comment on column report.service_plan.policy_no is '保单号';
comment on column report.service_plan.plan_status_code is '方案状态';
comment on column report.service_plan.plan_date is '方案约定日期';
comment on column report.service_plan.service_item_code is '服务项目';
comment on column report.service_plan.item_edition_code is '服务项目版本';
comment on column report.service_plan.planned_count is '计划次数';
comment on column report.service_plan.window_start_date is '计划起始日期';
comment on column report.service_plan.window_end_date is '计划截止日期';
comment on column report.service_plan.service_form_code is '服务形式';
comment on column report.service_plan.agency_credit_code is '服务机构信用代码';
comment on column report.service_plan.measure_text is '服务措施';
comment on column report.service_plan.goal_text is '预期目标';
comment on column report.service_plan.guarantee_text is '服务保障事项';
comment on column report.service_plan.budget_amount is '预算金额';
comment on column report.service_plan.basis_rule_no is '依据规则';
comment on column report.service_plan.topic_code is '年度任务主题';
comment on column report.service_plan.confirmed_at is '被保险人确认时间';
comment on column report.service_plan.insurer_id is '报送机构';
comment on column report.service_plan.version_id is '版本号(平台内部)';
comment on column report.service_plan.batch_id is '批次号';
comment on column report.service_plan.row_no is '批次内行号';
comment on column report.service_plan.recorded_at is '入库时间';
comment on column report.service_plan.first_received_at is '首次接收时间';
comment on column report.service_plan.deadline_on is '报送截止日,空为待定或不适用';
comment on column report.service_plan.timeliness is '及时性: on_time 及时, late 迟报, undetermined 待定';
