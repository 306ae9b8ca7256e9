-- core.service_record: every accepted version of 服务记录
-- grain: one row a version of (service_no, insurer_id)
create table core.service_record (
    version_id bigint generated always as identity primary key,
    insurer_id text not null,
    insurer_code text,
    branch_code text,
    source_record_no text,
    operation_code text not null,
    source_updated_at timestamptz not null,
    correction_reason_text text,
    service_no text not null,
    policy_no text,
    plan_no text,
    plan_line_no text,
    insured_credit_code text,
    service_item_code text,
    item_edition_code text,
    service_form_code text,
    service_status_code text,
    service_start_at timestamptz,
    service_end_at timestamptz,
    place_text text,
    is_online boolean,
    agency_credit_code text,
    expert_count integer,
    expert_list text,
    measure_text text,
    process_text text,
    attendee_count integer,
    declared_hazard_count integer,
    report_no text,
    report_hash text,
    photo_count integer,
    insurer_confirmed_at timestamptz,
    insured_confirmed_at timestamptz,
    revisit_method_code text,
    revisit_at timestamptz,
    satisfaction_code text,
    opinion_text text,
    cancel_reason_text text,
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
create unique index service_record_current_key on core.service_record (service_no, insurer_id) where superseded_at is null;
create index service_record_past_key on core.service_record (service_no, insurer_id) where superseded_at is not null;
create index service_record_batch on core.service_record using brin (batch_id);

call core.protect_history('service_record');

create view core.service_record_current as
select * from core.service_record where superseded_at is null and not is_withdrawn;

create function core.service_record_known(known_at timestamptz) returns setof core.service_record
language sql stable parallel safe as $$
    select v.* from core.service_record as v
    where v.recorded_at <= $1 and (v.superseded_at is null or v.superseded_at > $1) and not v.is_withdrawn
$$;
comment on table core.service_record is '服务记录(全部版本)';
comment on column core.service_record.insurer_code is '保险机构代码';
comment on column core.service_record.branch_code is '市级机构代码';
comment on column core.service_record.source_record_no is '源系统流水号';
comment on column core.service_record.operation_code is '操作类型';
comment on column core.service_record.source_updated_at is '源系统更新时间';
comment on column core.service_record.correction_reason_text is '更正原因';
comment on column core.service_record.service_no is '服务编号';
comment on column core.service_record.policy_no is '保单号';
comment on column core.service_record.plan_no is '方案编号';
comment on column core.service_record.plan_line_no is '方案明细号';
comment on column core.service_record.insured_credit_code is '被服务企业信用代码';
comment on column core.service_record.service_item_code is '服务项目';
comment on column core.service_record.item_edition_code is '服务项目版本';
comment on column core.service_record.service_form_code is '服务形式';
comment on column core.service_record.service_status_code is '服务状态';
comment on column core.service_record.service_start_at is '服务开始时间';
comment on column core.service_record.service_end_at is '服务结束时间';
comment on column core.service_record.place_text is '服务地点';
comment on column core.service_record.is_online is '线上服务标志';
comment on column core.service_record.agency_credit_code is '服务机构信用代码';
comment on column core.service_record.expert_count is '服务人员人次';
comment on column core.service_record.expert_list is '服务人员';
comment on column core.service_record.measure_text is '服务措施';
comment on column core.service_record.process_text is '服务过程';
comment on column core.service_record.attendee_count is '参训人数';
comment on column core.service_record.declared_hazard_count is '发现隐患数';
comment on column core.service_record.report_no is '服务报告编号';
comment on column core.service_record.report_hash is '服务报告哈希';
comment on column core.service_record.photo_count is '影像数量';
comment on column core.service_record.insurer_confirmed_at is '保险机构确认时间';
comment on column core.service_record.insured_confirmed_at is '企业确认时间';
comment on column core.service_record.revisit_method_code is '回访方式';
comment on column core.service_record.revisit_at is '回访时间';
comment on column core.service_record.satisfaction_code is '满意度';
comment on column core.service_record.opinion_text is '企业意见';
comment on column core.service_record.cancel_reason_text is '取消原因';
comment on column core.service_record.version_id is '版本号(平台内部)';
comment on column core.service_record.insurer_id is '报送机构';
comment on column core.service_record.batch_id is '批次号';
comment on column core.service_record.row_no is '批次内行号';
comment on column core.service_record.content_hash is '内容哈希 SHA-256';
comment on column core.service_record.recorded_at is '入库时间';
comment on column core.service_record.superseded_at is '被替换时间,空为当前版本';
comment on column core.service_record.first_received_at is '首次接收时间';
comment on column core.service_record.deadline_on is '报送截止日,空为待定或不适用';
comment on column core.service_record.timeliness is '及时性: on_time 及时, late 迟报, undetermined 待定';
comment on column core.service_record.is_withdrawn is '撤销标志';
