-- report.endorsement: current records of 批单
-- grain: one row per endorsement
create view report.endorsement as
select
    insurer_id,
    insurer_code,
    branch_code,
    source_record_no,
    operation_code,
    source_updated_at,
    correction_reason_text,
    endorsement_no,
    policy_no,
    endorsement_type_code,
    issue_date,
    effective_date,
    premium_change_amount,
    insured_person_count,
    employee_count,
    per_person_limit_amount,
    aggregate_limit_amount,
    cover_end_date,
    insured_credit_code,
    region_code,
    termination_reason_code,
    service_fee_ratio,
    description_text,
    version_id,
    batch_id,
    row_no,
    recorded_at,
    first_received_at,
    deadline_on,
    timeliness
from core.endorsement_current;
grant select on report.endorsement to anze_regulator;
comment on view report.endorsement is '批单: 当前有效记录,不含个人信息';
comment on column report.endorsement.insurer_code is '保险机构代码';
comment on column report.endorsement.branch_code is '市级机构代码';
comment on column report.endorsement.source_record_no is '源系统流水号';
comment on column report.endorsement.operation_code is '操作类型';
comment on column report.endorsement.source_updated_at is '源系统更新时间';
comment on column report.endorsement.correction_reason_text is '更正原因';
comment on column report.endorsement.endorsement_no is '批单号';
comment on column report.endorsement.policy_no is '保单号';
comment on column report.endorsement.endorsement_type_code is '批改类型';
comment on column report.endorsement.issue_date is '批改签发日期';
comment on column report.endorsement.effective_date is '批改生效日期';
comment on column report.endorsement.premium_change_amount is '保费变化额';
comment on column report.endorsement.insured_person_count is '批改后参保人数';
comment on column report.endorsement.employee_count is '批改后从业人员总数';
comment on column report.endorsement.per_person_limit_amount is '批改后每人限额';
comment on column report.endorsement.aggregate_limit_amount is '批改后累计限额';
comment on column report.endorsement.cover_end_date is '批改后保险止期';
comment on column report.endorsement.insured_credit_code is '批改后被保险人信用代码';
comment on column report.endorsement.region_code is '批改后风险所在地代码';
comment on column report.endorsement.termination_reason_code is '退保/终止原因';
comment on column report.endorsement.service_fee_ratio is '批改后服务费比例';
comment on column report.endorsement.description_text is '批改内容';
comment on column report.endorsement.insurer_id is '报送机构';
comment on column report.endorsement.version_id is '版本号(平台内部)';
comment on column report.endorsement.batch_id is '批次号';
comment on column report.endorsement.row_no is '批次内行号';
comment on column report.endorsement.recorded_at is '入库时间';
comment on column report.endorsement.first_received_at is '首次接收时间';
comment on column report.endorsement.deadline_on is '报送截止日,空为待定或不适用';
comment on column report.endorsement.timeliness is '及时性: on_time 及时, late 迟报, undetermined 待定';
