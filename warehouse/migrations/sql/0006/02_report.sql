-- report.renumbering: current records of 业务号变更
-- grain: one row per number that was given up for another
create view report.renumbering as
select
    insurer_id,
    insurer_code,
    branch_code,
    source_record_no,
    operation_code,
    source_updated_at,
    correction_reason_text,
    record_type_code,
    old_no,
    new_no,
    effective_date,
    version_id,
    batch_id,
    row_no,
    recorded_at,
    first_received_at,
    deadline_on,
    timeliness
from core.renumbering_current;
grant select on report.renumbering to anze_regulator;
comment on view report.renumbering is '业务号变更: 当前有效记录,不含个人信息';
comment on column report.renumbering.insurer_code is '保险机构代码';
comment on column report.renumbering.branch_code is '市级机构代码';
comment on column report.renumbering.source_record_no is '源系统流水号';
comment on column report.renumbering.operation_code is '操作类型';
comment on column report.renumbering.source_updated_at is '源系统更新时间';
comment on column report.renumbering.correction_reason_text is '更正原因';
comment on column report.renumbering.record_type_code is '记录类型';
comment on column report.renumbering.old_no is '旧号';
comment on column report.renumbering.new_no is '新号';
comment on column report.renumbering.effective_date is '变更日期';
comment on column report.renumbering.insurer_id is '报送机构';
comment on column report.renumbering.version_id is '版本号(平台内部)';
comment on column report.renumbering.batch_id is '批次号';
comment on column report.renumbering.row_no is '批次内行号';
comment on column report.renumbering.recorded_at is '入库时间';
comment on column report.renumbering.first_received_at is '首次接收时间';
comment on column report.renumbering.deadline_on is '报送截止日,空为待定或不适用';
comment on column report.renumbering.timeliness is '及时性: on_time 及时, late 迟报, undetermined 待定';
