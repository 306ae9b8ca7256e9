-- report.service_record: current records of 服务记录
-- grain: one row per service to one insured
create view report.service_record as
select
    insurer_id,
    insurer_code,
    branch_code,
    source_record_no,
    operation_code,
    source_updated_at,
    correction_reason_text,
    service_no,
    policy_no,
    plan_no,
    plan_line_no,
    insured_credit_code,
    service_item_code,
    item_edition_code,
    service_form_code,
    service_status_code,
    service_start_at,
    service_end_at,
    place_text,
    is_online,
    agency_credit_code,
    expert_count,
    measure_text,
    process_text,
    attendee_count,
    declared_hazard_count,
    report_no,
    report_hash,
    photo_count,
    insurer_confirmed_at,
    insured_confirmed_at,
    revisit_method_code,
    revisit_at,
    satisfaction_code,
    opinion_text,
    cancel_reason_text,
    version_id,
    batch_id,
    row_no,
    recorded_at,
    first_received_at,
    deadline_on,
    timeliness
from core.service_record_current;
grant select on report.service_record to anze_regulator;
comment on view report.service_record is '服务记录: 当前有效记录,不含个人信息';
comment on column report.service_record.insurer_code is '保险机构代码';
comment on column report.service_record.branch_code is '市级机构代码';
comment on column report.service_record.source_record_no is '源系统流水号';
comment on column report.service_record.operation_code is '操作类型';
comment on column report.service_record.source_updated_at is '源系统更新时间';
comment on column report.service_record.correction_reason_text is '更正原因';
comment on column report.service_record.service_no is '服务编号';
comment on column report.service_record.policy_no is '保单号';
comment on column report.service_record.plan_no is '方案编号';
comment on column report.service_record.plan_line_no is '方案明细号';
comment on column report.service_record.insured_credit_code is '被服务企业信用代码';
comment on column report.service_record.service_item_code is '服务项目';
comment on column report.service_record.item_edition_code is '服务项目版本';
comment on column report.service_record.service_form_code is '服务形式';
comment on column report.service_record.service_status_code is '服务状态';
comment on column report.service_record.service_start_at is '服务开始时间';
comment on column report.service_record.service_end_at is '服务结束时间';
comment on column report.service_record.place_text is '服务地点';
comment on column report.service_record.is_online is '线上服务标志';
comment on column report.service_record.agency_credit_code is '服务机构信用代码';
comment on column report.service_record.expert_count is '服务人员人次';
comment on column report.service_record.measure_text is '服务措施';
comment on column report.service_record.process_text is '服务过程';
comment on column report.service_record.attendee_count is '参训人数';
comment on column report.service_record.declared_hazard_count is '发现隐患数';
comment on column report.service_record.report_no is '服务报告编号';
comment on column report.service_record.report_hash is '服务报告哈希';
comment on column report.service_record.photo_count is '影像数量';
comment on column report.service_record.insurer_confirmed_at is '保险机构确认时间';
comment on column report.service_record.insured_confirmed_at is '企业确认时间';
comment on column report.service_record.revisit_method_code is '回访方式';
comment on column report.service_record.revisit_at is '回访时间';
comment on column report.service_record.satisfaction_code is '满意度';
comment on column report.service_record.opinion_text is '企业意见';
comment on column report.service_record.cancel_reason_text is '取消原因';
comment on column report.service_record.insurer_id is '报送机构';
comment on column report.service_record.version_id is '版本号(平台内部)';
comment on column report.service_record.batch_id is '批次号';
comment on column report.service_record.row_no is '批次内行号';
comment on column report.service_record.recorded_at is '入库时间';
comment on column report.service_record.first_received_at is '首次接收时间';
comment on column report.service_record.deadline_on is '报送截止日,空为待定或不适用';
comment on column report.service_record.timeliness is '及时性: on_time 及时, late 迟报, undetermined 待定';
