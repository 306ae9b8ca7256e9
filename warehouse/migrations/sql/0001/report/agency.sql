-- report.agency: current records of 技术服务机构
-- grain: one row per technical service agency
create view report.agency as
select
    insurer_id,
    agency_credit_code,
    agency_name,
    region_code,
    qualification_list,
    is_committee_member,
    expert_count,
    restricted_from_date,
    restricted_to_date,
    operation_code,
    source_updated_at,
    version_id,
    batch_id,
    row_no,
    recorded_at,
    first_received_at,
    deadline_on,
    timeliness
from core.agency_current;
grant select on report.agency to anze_regulator;
comment on view report.agency is '技术服务机构: 当前有效记录,不含个人信息';
comment on column report.agency.agency_credit_code is '机构信用代码';
comment on column report.agency.agency_name is '机构名称';
comment on column report.agency.region_code is '注册地代码';
comment on column report.agency.qualification_list is '资质';
comment on column report.agency.is_committee_member is '专委会成员标志';
comment on column report.agency.expert_count is '专家人数';
comment on column report.agency.restricted_from_date is '限制从业起始日期';
comment on column report.agency.restricted_to_date is '限制从业截止日期';
comment on column report.agency.operation_code is '操作类型';
comment on column report.agency.source_updated_at is '源系统更新时间';
comment on column report.agency.insurer_id is '报送机构';
comment on column report.agency.version_id is '版本号(平台内部)';
comment on column report.agency.batch_id is '批次号';
comment on column report.agency.row_no is '批次内行号';
comment on column report.agency.recorded_at is '入库时间';
comment on column report.agency.first_received_at is '首次接收时间';
comment on column report.agency.deadline_on is '报送截止日,空为待定或不适用';
comment on column report.agency.timeliness is '及时性: on_time 及时, late 迟报, undetermined 待定';
