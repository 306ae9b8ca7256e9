-- report.fee_expense: current records of 服务费用支出
-- grain: one row per ledger line
create view report.fee_expense as
select
    insurer_id,
    insurer_code,
    branch_code,
    source_record_no,
    operation_code,
    source_updated_at,
    correction_reason_text,
    expense_no,
    is_pooled,
    policy_no,
    pool_region_code,
    service_no,
    fee_category_code,
    expense_status_code,
    expense_amount,
    budget_year_no,
    accrued_date,
    paid_date,
    payee_credit_code,
    invoice_no,
    evidence_list,
    version_id,
    batch_id,
    row_no,
    recorded_at,
    first_received_at,
    deadline_on,
    timeliness
from core.fee_expense_current;
grant select on report.fee_expense to anze_regulator;
comment on view report.fee_expense is '服务费用支出: 当前有效记录,不含个人信息';
comment on column report.fee_expense.insurer_code is '保险机构代码';
comment on column report.fee_expense.branch_code is '市级机构代码';
comment on column report.fee_expense.source_record_no is '源系统流水号';
comment on column report.fee_expense.operation_code is '操作类型';
comment on column report.fee_expense.source_updated_at is '源系统更新时间';
comment on column report.fee_expense.correction_reason_text is '更正原因';
comment on column report.fee_expense.expense_no is '费用流水号';
comment on column report.fee_expense.is_pooled is '统筹支出标志';
comment on column report.fee_expense.policy_no is '保单号';
comment on column report.fee_expense.pool_region_code is '统筹地区代码';
comment on column report.fee_expense.service_no is '服务编号';
comment on column report.fee_expense.fee_category_code is '费用类别';
comment on column report.fee_expense.expense_status_code is '费用状态';
comment on column report.fee_expense.expense_amount is '金额';
comment on column report.fee_expense.budget_year_no is '预算年度';
comment on column report.fee_expense.accrued_date is '计提日期';
comment on column report.fee_expense.paid_date is '支付日期';
comment on column report.fee_expense.payee_credit_code is '收款方信用代码';
comment on column report.fee_expense.invoice_no is '发票号';
comment on column report.fee_expense.evidence_list is '凭证附件';
comment on column report.fee_expense.insurer_id is '报送机构';
comment on column report.fee_expense.version_id is '版本号(平台内部)';
comment on column report.fee_expense.batch_id is '批次号';
comment on column report.fee_expense.row_no is '批次内行号';
comment on column report.fee_expense.recorded_at is '入库时间';
comment on column report.fee_expense.first_received_at is '首次接收时间';
comment on column report.fee_expense.deadline_on is '报送截止日,空为待定或不适用';
comment on column report.fee_expense.timeliness is '及时性: on_time 及时, late 迟报, undetermined 待定';
