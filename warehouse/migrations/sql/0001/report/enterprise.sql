-- report.enterprise: current records of 应投保企业
-- grain: one row per enterprise
create view report.enterprise as
select
    insurer_id,
    credit_code,
    enterprise_name,
    region_code,
    address_text,
    high_risk_domain_code,
    industry_code,
    is_must_insure,
    must_insure_basis_text,
    must_insure_from_date,
    must_insure_to_date,
    operation_status_code,
    operation_status_date,
    employee_count,
    employee_count_date,
    size_code,
    safety_level_code,
    risk_level_code,
    licence_no,
    parent_credit_code,
    regulator_dept_code,
    operation_code,
    source_updated_at,
    version_id,
    batch_id,
    row_no,
    recorded_at,
    first_received_at,
    deadline_on,
    timeliness
from core.enterprise_current;
grant select on report.enterprise to anze_regulator;
comment on view report.enterprise is '应投保企业: 当前有效记录,不含个人信息';
comment on column report.enterprise.credit_code is '统一社会信用代码';
comment on column report.enterprise.enterprise_name is '企业名称';
comment on column report.enterprise.region_code is '所在地代码';
comment on column report.enterprise.address_text is '生产经营地址';
comment on column report.enterprise.high_risk_domain_code is '高危行业领域';
comment on column report.enterprise.industry_code is '国民经济行业代码';
comment on column report.enterprise.is_must_insure is '应投保标志';
comment on column report.enterprise.must_insure_basis_text is '应投保依据';
comment on column report.enterprise.must_insure_from_date is '应投保起期';
comment on column report.enterprise.must_insure_to_date is '应投保止期';
comment on column report.enterprise.operation_status_code is '经营状态';
comment on column report.enterprise.operation_status_date is '状态日期';
comment on column report.enterprise.employee_count is '从业人员数';
comment on column report.enterprise.employee_count_date is '人数截止日期';
comment on column report.enterprise.size_code is '企业规模';
comment on column report.enterprise.safety_level_code is '安全生产标准化等级';
comment on column report.enterprise.risk_level_code is '风险等级';
comment on column report.enterprise.licence_no is '安全生产许可证号';
comment on column report.enterprise.parent_credit_code is '上级单位信用代码';
comment on column report.enterprise.regulator_dept_code is '监管部门';
comment on column report.enterprise.operation_code is '操作类型';
comment on column report.enterprise.source_updated_at is '源系统更新时间';
comment on column report.enterprise.insurer_id is '报送机构';
comment on column report.enterprise.version_id is '版本号(平台内部)';
comment on column report.enterprise.batch_id is '批次号';
comment on column report.enterprise.row_no is '批次内行号';
comment on column report.enterprise.recorded_at is '入库时间';
comment on column report.enterprise.first_received_at is '首次接收时间';
comment on column report.enterprise.deadline_on is '报送截止日,空为待定或不适用';
comment on column report.enterprise.timeliness is '及时性: on_time 及时, late 迟报, undetermined 待定';
