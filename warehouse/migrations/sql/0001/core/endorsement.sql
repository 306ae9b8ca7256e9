-- core.endorsement: every accepted version of 批单
-- grain: one row a version of (endorsement_no, insurer_id)
create table core.endorsement (
    version_id bigint generated always as identity primary key,
    insurer_id text not null,
    insurer_code text,
    branch_code text,
    source_record_no text,
    operation_code text not null,
    source_updated_at timestamptz not null,
    correction_reason_text text,
    endorsement_no text not null,
    policy_no text,
    endorsement_type_code text,
    issue_date date,
    effective_date date,
    premium_change_amount numeric(18,2),
    insured_person_count integer,
    employee_count integer,
    per_person_limit_amount numeric(18,2),
    aggregate_limit_amount numeric(18,2),
    cover_end_date date,
    insured_credit_code text,
    region_code text,
    termination_reason_code text,
    service_fee_ratio numeric(9,6),
    description_text text,
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
create unique index endorsement_current_key on core.endorsement (endorsement_no, insurer_id) where superseded_at is null;
create index endorsement_past_key on core.endorsement (endorsement_no, insurer_id) where superseded_at is not null;
create index endorsement_batch on core.endorsement using brin (batch_id);

call core.protect_history('endorsement');

create view core.endorsement_current as
select * from core.endorsement where superseded_at is null and not is_withdrawn;

create function core.endorsement_known(known_at timestamptz) returns setof core.endorsement
language sql stable parallel safe as $$
    select v.* from core.endorsement as v
    where v.recorded_at <= $1 and (v.superseded_at is null or v.superseded_at > $1) and not v.is_withdrawn
$$;
comment on table core.endorsement is '批单(全部版本)';
comment on column core.endorsement.insurer_code is '保险机构代码';
comment on column core.endorsement.branch_code is '市级机构代码';
comment on column core.endorsement.source_record_no is '源系统流水号';
comment on column core.endorsement.operation_code is '操作类型';
comment on column core.endorsement.source_updated_at is '源系统更新时间';
comment on column core.endorsement.correction_reason_text is '更正原因';
comment on column core.endorsement.endorsement_no is '批单号';
comment on column core.endorsement.policy_no is '保单号';
comment on column core.endorsement.endorsement_type_code is '批改类型';
comment on column core.endorsement.issue_date is '批改签发日期';
comment on column core.endorsement.effective_date is '批改生效日期';
comment on column core.endorsement.premium_change_amount is '保费变化额';
comment on column core.endorsement.insured_person_count is '批改后参保人数';
comment on column core.endorsement.employee_count is '批改后从业人员总数';
comment on column core.endorsement.per_person_limit_amount is '批改后每人限额';
comment on column core.endorsement.aggregate_limit_amount is '批改后累计限额';
comment on column core.endorsement.cover_end_date is '批改后保险止期';
comment on column core.endorsement.insured_credit_code is '批改后被保险人信用代码';
comment on column core.endorsement.region_code is '批改后风险所在地代码';
comment on column core.endorsement.termination_reason_code is '退保/终止原因';
comment on column core.endorsement.service_fee_ratio is '批改后服务费比例';
comment on column core.endorsement.description_text is '批改内容';
comment on column core.endorsement.version_id is '版本号(平台内部)';
comment on column core.endorsement.insurer_id is '报送机构';
comment on column core.endorsement.batch_id is '批次号';
comment on column core.endorsement.row_no is '批次内行号';
comment on column core.endorsement.content_hash is '内容哈希 SHA-256';
comment on column core.endorsement.recorded_at is '入库时间';
comment on column core.endorsement.superseded_at is '被替换时间,空为当前版本';
comment on column core.endorsement.first_received_at is '首次接收时间';
comment on column core.endorsement.deadline_on is '报送截止日,空为待定或不适用';
comment on column core.endorsement.timeliness is '及时性: on_time 及时, late 迟报, undetermined 待定';
comment on column core.endorsement.is_withdrawn is '撤销标志';
