-- report.claim: current records of 赔案
-- grain: one row per claim
create view report.claim as
select
    insurer_id,
    insurer_code,
    branch_code,
    source_record_no,
    operation_code,
    source_updated_at,
    correction_reason_text,
    report_no,
    register_no,
    claim_no,
    policy_no,
    claim_status_code,
    accident_at,
    reported_at,
    registered_at,
    decided_at,
    agreed_at,
    closed_at,
    is_reopened,
    accident_region_code,
    accident_place_text,
    accident_type_code,
    accident_type_edition_code,
    accident_grade_code,
    death_count,
    serious_injury_count,
    minor_injury_count,
    third_party_victim_count,
    claimed_amount,
    reserve_amount,
    decline_reason_text,
    version_id,
    batch_id,
    row_no,
    recorded_at,
    first_received_at,
    deadline_on,
    timeliness
from core.claim_current;
grant select on report.claim to anze_regulator;
comment on view report.claim is '赔案: 当前有效记录,不含个人信息';
comment on column report.claim.insurer_code is '保险机构代码';
comment on column report.claim.branch_code is '市级机构代码';
comment on column report.claim.source_record_no is '源系统流水号';
comment on column report.claim.operation_code is '操作类型';
comment on column report.claim.source_updated_at is '源系统更新时间';
comment on column report.claim.correction_reason_text is '更正原因';
comment on column report.claim.report_no is '报案号';
comment on column report.claim.register_no is '立案号';
comment on column report.claim.claim_no is '赔案号';
comment on column report.claim.policy_no is '保单号';
comment on column report.claim.claim_status_code is '案件状态';
comment on column report.claim.accident_at is '出险时间';
comment on column report.claim.reported_at is '报案时间';
comment on column report.claim.registered_at is '立案时间';
comment on column report.claim.decided_at is '核定时间';
comment on column report.claim.agreed_at is '达成赔偿协议时间';
comment on column report.claim.closed_at is '结案时间';
comment on column report.claim.is_reopened is '重开案件标志';
comment on column report.claim.accident_region_code is '出险地代码';
comment on column report.claim.accident_place_text is '出险地点';
comment on column report.claim.accident_type_code is '事故类别';
comment on column report.claim.accident_type_edition_code is '事故类别版本';
comment on column report.claim.accident_grade_code is '事故等级';
comment on column report.claim.death_count is '死亡人数';
comment on column report.claim.serious_injury_count is '重伤人数';
comment on column report.claim.minor_injury_count is '轻伤人数';
comment on column report.claim.third_party_victim_count is '其中第三者伤亡人数';
comment on column report.claim.claimed_amount is '报损金额';
comment on column report.claim.reserve_amount is '未决赔款准备金';
comment on column report.claim.decline_reason_text is '拒赔原因';
comment on column report.claim.insurer_id is '报送机构';
comment on column report.claim.version_id is '版本号(平台内部)';
comment on column report.claim.batch_id is '批次号';
comment on column report.claim.row_no is '批次内行号';
comment on column report.claim.recorded_at is '入库时间';
comment on column report.claim.first_received_at is '首次接收时间';
comment on column report.claim.deadline_on is '报送截止日,空为待定或不适用';
comment on column report.claim.timeliness is '及时性: on_time 及时, late 迟报, undetermined 待定';
