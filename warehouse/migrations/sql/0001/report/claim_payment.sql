-- report.claim_payment: current records of 赔款支付
-- grain: one row per payment
create view report.claim_payment as
select
    insurer_id,
    insurer_code,
    branch_code,
    source_record_no,
    operation_code,
    source_updated_at,
    correction_reason_text,
    payment_no,
    report_no,
    payment_kind_code,
    claim_item_code,
    expense_type_code,
    paid_amount,
    paid_at,
    victim_count,
    payee_type_code,
    version_id,
    batch_id,
    row_no,
    recorded_at,
    first_received_at,
    deadline_on,
    timeliness
from core.claim_payment_current;
grant select on report.claim_payment to anze_regulator;
comment on view report.claim_payment is '赔款支付: 当前有效记录,不含个人信息';
comment on column report.claim_payment.insurer_code is '保险机构代码';
comment on column report.claim_payment.branch_code is '市级机构代码';
comment on column report.claim_payment.source_record_no is '源系统流水号';
comment on column report.claim_payment.operation_code is '操作类型';
comment on column report.claim_payment.source_updated_at is '源系统更新时间';
comment on column report.claim_payment.correction_reason_text is '更正原因';
comment on column report.claim_payment.payment_no is '支付流水号';
comment on column report.claim_payment.report_no is '报案号';
comment on column report.claim_payment.payment_kind_code is '支付类型';
comment on column report.claim_payment.claim_item_code is '赔偿项目';
comment on column report.claim_payment.expense_type_code is '直接理赔费用类型';
comment on column report.claim_payment.paid_amount is '支付金额';
comment on column report.claim_payment.paid_at is '支付时间';
comment on column report.claim_payment.victim_count is '涉及人数';
comment on column report.claim_payment.payee_type_code is '收款方类型';
comment on column report.claim_payment.insurer_id is '报送机构';
comment on column report.claim_payment.version_id is '版本号(平台内部)';
comment on column report.claim_payment.batch_id is '批次号';
comment on column report.claim_payment.row_no is '批次内行号';
comment on column report.claim_payment.recorded_at is '入库时间';
comment on column report.claim_payment.first_received_at is '首次接收时间';
comment on column report.claim_payment.deadline_on is '报送截止日,空为待定或不适用';
comment on column report.claim_payment.timeliness is '及时性: on_time 及时, late 迟报, undetermined 待定';
