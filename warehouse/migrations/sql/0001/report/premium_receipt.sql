-- report.premium_receipt: current records of 保费实收
-- grain: one row per cash movement
create view report.premium_receipt as
select
    insurer_id,
    insurer_code,
    branch_code,
    source_record_no,
    operation_code,
    source_updated_at,
    correction_reason_text,
    receipt_no,
    policy_no,
    endorsement_no,
    receipt_type_code,
    receipt_date,
    received_amount,
    instalment_no,
    payer_name,
    payer_credit_code,
    subsidy_amount,
    version_id,
    batch_id,
    row_no,
    recorded_at,
    first_received_at,
    deadline_on,
    timeliness
from core.premium_receipt_current;
grant select on report.premium_receipt to anze_regulator;
comment on view report.premium_receipt is '保费实收: 当前有效记录,不含个人信息';
comment on column report.premium_receipt.insurer_code is '保险机构代码';
comment on column report.premium_receipt.branch_code is '市级机构代码';
comment on column report.premium_receipt.source_record_no is '源系统流水号';
comment on column report.premium_receipt.operation_code is '操作类型';
comment on column report.premium_receipt.source_updated_at is '源系统更新时间';
comment on column report.premium_receipt.correction_reason_text is '更正原因';
comment on column report.premium_receipt.receipt_no is '收付流水号';
comment on column report.premium_receipt.policy_no is '保单号';
comment on column report.premium_receipt.endorsement_no is '批单号';
comment on column report.premium_receipt.receipt_type_code is '收付类型';
comment on column report.premium_receipt.receipt_date is '实收日期';
comment on column report.premium_receipt.received_amount is '实收金额';
comment on column report.premium_receipt.instalment_no is '期次';
comment on column report.premium_receipt.payer_name is '付款方名称';
comment on column report.premium_receipt.payer_credit_code is '付款方信用代码';
comment on column report.premium_receipt.subsidy_amount is '其中财政补贴';
comment on column report.premium_receipt.insurer_id is '报送机构';
comment on column report.premium_receipt.version_id is '版本号(平台内部)';
comment on column report.premium_receipt.batch_id is '批次号';
comment on column report.premium_receipt.row_no is '批次内行号';
comment on column report.premium_receipt.recorded_at is '入库时间';
comment on column report.premium_receipt.first_received_at is '首次接收时间';
comment on column report.premium_receipt.deadline_on is '报送截止日,空为待定或不适用';
comment on column report.premium_receipt.timeliness is '及时性: on_time 及时, late 迟报, undetermined 待定';
