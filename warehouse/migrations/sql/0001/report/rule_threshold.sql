-- report.rule_threshold: current records of 规则阈值
-- grain: one row per rule, version, region and domain
create view report.rule_threshold as
select
    insurer_id,
    rule_no,
    version_no,
    region_code,
    high_risk_domain_code,
    operator_code,
    threshold_value,
    unit_code,
    basis_code,
    valid_from_date,
    valid_to_date,
    severity_code,
    source_document_text,
    confidence_code,
    operation_code,
    source_updated_at,
    version_id,
    batch_id,
    row_no,
    recorded_at,
    first_received_at,
    deadline_on,
    timeliness
from core.rule_threshold_current;
grant select on report.rule_threshold to anze_regulator;
comment on view report.rule_threshold is '规则阈值: 当前有效记录,不含个人信息';
comment on column report.rule_threshold.rule_no is '规则编号';
comment on column report.rule_threshold.version_no is '版本';
comment on column report.rule_threshold.region_code is '适用地区';
comment on column report.rule_threshold.high_risk_domain_code is '适用行业';
comment on column report.rule_threshold.operator_code is '比较符';
comment on column report.rule_threshold.threshold_value is '阈值';
comment on column report.rule_threshold.unit_code is '单位';
comment on column report.rule_threshold.basis_code is '基数';
comment on column report.rule_threshold.valid_from_date is '生效日期';
comment on column report.rule_threshold.valid_to_date is '失效日期';
comment on column report.rule_threshold.severity_code is '严重程度';
comment on column report.rule_threshold.source_document_text is '依据文件';
comment on column report.rule_threshold.confidence_code is '可信度';
comment on column report.rule_threshold.operation_code is '操作类型';
comment on column report.rule_threshold.source_updated_at is '源系统更新时间';
comment on column report.rule_threshold.insurer_id is '报送机构';
comment on column report.rule_threshold.version_id is '版本号(平台内部)';
comment on column report.rule_threshold.batch_id is '批次号';
comment on column report.rule_threshold.row_no is '批次内行号';
comment on column report.rule_threshold.recorded_at is '入库时间';
comment on column report.rule_threshold.first_received_at is '首次接收时间';
comment on column report.rule_threshold.deadline_on is '报送截止日,空为待定或不适用';
comment on column report.rule_threshold.timeliness is '及时性: on_time 及时, late 迟报, undetermined 待定';
