-- core.hazard: every accepted version of 事故隐患
-- grain: one row a version of (hazard_no, insurer_id)
create table core.hazard (
    version_id bigint generated always as identity primary key,
    insurer_id text not null,
    insurer_code text,
    branch_code text,
    source_record_no text,
    operation_code text not null,
    source_updated_at timestamptz not null,
    correction_reason_text text,
    hazard_no text not null,
    service_no text,
    insured_credit_code text,
    hazard_level_code text,
    criterion_text text,
    description_text text,
    location_text text,
    found_at timestamptz,
    notified_at timestamptz,
    notified_role_code text,
    notified_name text,
    rectify_deadline_date date,
    hazard_status_code text,
    rectify_measure_text text,
    rectified_at timestamptz,
    verified_at timestamptz,
    verify_method_code text,
    verifier_name text,
    escalated_at timestamptz,
    escalated_to_code text,
    photo_before_hash text,
    photo_after_hash text,
    batch_id bigint not null,
    row_no bigint not null,
    content_hash text not null,
    recorded_at timestamptz not null,
    superseded_at timestamptz,
    first_received_at timestamptz not null,
    deadline_on date,
    timeliness text check (timeliness in ('on_time', 'late', 'undetermined')),
    is_withdrawn boolean not null default false,
    check (superseded_at is null or superseded_at >= recorded_at)
);
create unique index hazard_current_key on core.hazard (hazard_no, insurer_id) where superseded_at is null;
create index hazard_past_key on core.hazard (hazard_no, insurer_id) where superseded_at is not null;
create index hazard_batch on core.hazard using brin (batch_id);

call core.protect_history('hazard');

create view core.hazard_current as
select * from core.hazard where superseded_at is null and not is_withdrawn;

create function core.hazard_known(known_at timestamptz) returns setof core.hazard
language sql stable parallel safe as $$
    select v.* from core.hazard as v
    where v.recorded_at <= $1 and (v.superseded_at is null or v.superseded_at > $1) and not v.is_withdrawn
$$;
comment on table core.hazard is '事故隐患(全部版本)';
comment on column core.hazard.insurer_code is '保险机构代码';
comment on column core.hazard.branch_code is '市级机构代码';
comment on column core.hazard.source_record_no is '源系统流水号';
comment on column core.hazard.operation_code is '操作类型';
comment on column core.hazard.source_updated_at is '源系统更新时间';
comment on column core.hazard.correction_reason_text is '更正原因';
comment on column core.hazard.hazard_no is '隐患编号';
comment on column core.hazard.service_no is '服务编号';
comment on column core.hazard.insured_credit_code is '企业信用代码';
comment on column core.hazard.hazard_level_code is '隐患等级';
comment on column core.hazard.criterion_text is '判定依据条款';
comment on column core.hazard.description_text is '隐患描述';
comment on column core.hazard.location_text is '隐患位置';
comment on column core.hazard.found_at is '发现时间';
comment on column core.hazard.notified_at is '书面告知时间';
comment on column core.hazard.notified_role_code is '告知对象';
comment on column core.hazard.notified_name is '被告知人';
comment on column core.hazard.rectify_deadline_date is '整改期限';
comment on column core.hazard.hazard_status_code is '隐患状态';
comment on column core.hazard.rectify_measure_text is '整改措施';
comment on column core.hazard.rectified_at is '整改完成时间';
comment on column core.hazard.verified_at is '整改验证时间';
comment on column core.hazard.verify_method_code is '验证方式';
comment on column core.hazard.verifier_name is '验证人';
comment on column core.hazard.escalated_at is '上报时间';
comment on column core.hazard.escalated_to_code is '上报部门';
comment on column core.hazard.photo_before_hash is '整改前影像哈希';
comment on column core.hazard.photo_after_hash is '整改后影像哈希';
comment on column core.hazard.version_id is '版本号(平台内部)';
comment on column core.hazard.insurer_id is '报送机构';
comment on column core.hazard.batch_id is '批次号';
comment on column core.hazard.row_no is '批次内行号';
comment on column core.hazard.content_hash is '内容哈希 SHA-256';
comment on column core.hazard.recorded_at is '入库时间';
comment on column core.hazard.superseded_at is '被替换时间,空为当前版本';
comment on column core.hazard.first_received_at is '首次接收时间';
comment on column core.hazard.deadline_on is '报送截止日,空为待定或不适用';
comment on column core.hazard.timeliness is '及时性: on_time 及时, late 迟报, undetermined 待定';
comment on column core.hazard.is_withdrawn is '撤销标志';
