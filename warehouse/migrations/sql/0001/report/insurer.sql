-- report.insurer: current records of 保险机构
-- grain: one row per insurer and city branch
create view report.insurer as
select
    insurer_id,
    insurer_code,
    insurer_name,
    credit_code,
    licence_no,
    alias_list,
    feed_mode_code,
    branch_code,
    branch_name,
    branch_region_code,
    valid_from_date,
    valid_to_date,
    operation_code,
    source_updated_at,
    version_id,
    batch_id,
    row_no,
    recorded_at,
    first_received_at,
    deadline_on,
    timeliness
from core.insurer_current;
grant select on report.insurer to anze_regulator;
comment on view report.insurer is '保险机构: 当前有效记录,不含个人信息';
comment on column report.insurer.insurer_code is '保险机构代码';
comment on column report.insurer.insurer_name is '保险机构名称';
comment on column report.insurer.credit_code is '总公司信用代码';
comment on column report.insurer.licence_no is '许可证编号';
comment on column report.insurer.alias_list is '别名';
comment on column report.insurer.feed_mode_code is '数据接入方式';
comment on column report.insurer.branch_code is '市级机构代码';
comment on column report.insurer.branch_name is '市级机构名称';
comment on column report.insurer.branch_region_code is '市级机构所在地代码';
comment on column report.insurer.valid_from_date is '有效期起';
comment on column report.insurer.valid_to_date is '有效期止';
comment on column report.insurer.operation_code is '操作类型';
comment on column report.insurer.source_updated_at is '源系统更新时间';
comment on column report.insurer.insurer_id is '报送机构';
comment on column report.insurer.version_id is '版本号(平台内部)';
comment on column report.insurer.batch_id is '批次号';
comment on column report.insurer.row_no is '批次内行号';
comment on column report.insurer.recorded_at is '入库时间';
comment on column report.insurer.first_received_at is '首次接收时间';
comment on column report.insurer.deadline_on is '报送截止日,空为待定或不适用';
comment on column report.insurer.timeliness is '及时性: on_time 及时, late 迟报, undetermined 待定';
