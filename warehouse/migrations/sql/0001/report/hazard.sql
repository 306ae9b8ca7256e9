-- report.hazard: current records of 事故隐患
-- grain: one row per hazard
create view report.hazard as
select
    insurer_id,
    insurer_code,
    branch_code,
    source_record_no,
    operation_code,
    source_updated_at,
    correction_reason_text,
    hazard_no,
    service_no,
    insured_credit_code,
    hazard_level_code,
    criterion_text,
    description_text,
    location_text,
    found_at,
    notified_at,
    notified_role_code,
    rectify_deadline_date,
    hazard_status_code,
    rectify_measure_text,
    rectified_at,
    verified_at,
    verify_method_code,
    escalated_at,
    escalated_to_code,
    photo_before_hash,
    photo_after_hash,
    version_id,
    batch_id,
    row_no,
    recorded_at,
    first_received_at,
    deadline_on,
    timeliness
from core.hazard_current;
grant select on report.hazard to anze_regulator;
comment on view report.hazard is '事故隐患: 当前有效记录,不含个人信息';
comment on column report.hazard.insurer_code is '保险机构代码';
comment on column report.hazard.branch_code is '市级机构代码';
comment on column report.hazard.source_record_no is '源系统流水号';
comment on column report.hazard.operation_code is '操作类型';
comment on column report.hazard.source_updated_at is '源系统更新时间';
comment on column report.hazard.correction_reason_text is '更正原因';
comment on column report.hazard.hazard_no is '隐患编号';
comment on column report.hazard.service_no is '服务编号';
comment on column report.hazard.insured_credit_code is '企业信用代码';
comment on column report.hazard.hazard_level_code is '隐患等级';
comment on column report.hazard.criterion_text is '判定依据条款';
comment on column report.hazard.description_text is '隐患描述';
comment on column report.hazard.location_text is '隐患位置';
comment on column report.hazard.found_at is '发现时间';
comment on column report.hazard.notified_at is '书面告知时间';
comment on column report.hazard.notified_role_code is '告知对象';
comment on column report.hazard.rectify_deadline_date is '整改期限';
comment on column report.hazard.hazard_status_code is '隐患状态';
comment on column report.hazard.rectify_measure_text is '整改措施';
comment on column report.hazard.rectified_at is '整改完成时间';
comment on column report.hazard.verified_at is '整改验证时间';
comment on column report.hazard.verify_method_code is '验证方式';
comment on column report.hazard.escalated_at is '上报时间';
comment on column report.hazard.escalated_to_code is '上报部门';
comment on column report.hazard.photo_before_hash is '整改前影像哈希';
comment on column report.hazard.photo_after_hash is '整改后影像哈希';
comment on column report.hazard.insurer_id is '报送机构';
comment on column report.hazard.version_id is '版本号(平台内部)';
comment on column report.hazard.batch_id is '批次号';
comment on column report.hazard.row_no is '批次内行号';
comment on column report.hazard.recorded_at is '入库时间';
comment on column report.hazard.first_received_at is '首次接收时间';
comment on column report.hazard.deadline_on is '报送截止日,空为待定或不适用';
comment on column report.hazard.timeliness is '及时性: on_time 及时, late 迟报, undetermined 待定';
