-- core.rule_threshold: every accepted version of 规则阈值
-- grain: one row a version of (rule_no, version_no, region_code, high_risk_domain_code, insurer_id)
create table core.rule_threshold (
    version_id bigint generated always as identity primary key,
    insurer_id text not null,
    rule_no text not null,
    version_no text not null,
    region_code text not null,
    high_risk_domain_code text not null,
    operator_code text,
    threshold_value numeric(18,6),
    unit_code text,
    basis_code text,
    valid_from_date date,
    valid_to_date date,
    severity_code text,
    source_document_text text,
    confidence_code text,
    operation_code text not null,
    source_updated_at timestamptz not null,
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
create unique index rule_threshold_current_key on core.rule_threshold (rule_no, version_no, region_code, high_risk_domain_code, insurer_id) where superseded_at is null;
create index rule_threshold_past_key on core.rule_threshold (rule_no, version_no, region_code, high_risk_domain_code, insurer_id) where superseded_at is not null;
create index rule_threshold_batch on core.rule_threshold using brin (batch_id);

call core.protect_history('rule_threshold');

create view core.rule_threshold_current as
select * from core.rule_threshold where superseded_at is null and not is_withdrawn;

create function core.rule_threshold_known(known_at timestamptz) returns setof core.rule_threshold
language sql stable parallel safe as $$
    select v.* from core.rule_threshold as v
    where v.recorded_at <= $1 and (v.superseded_at is null or v.superseded_at > $1) and not v.is_withdrawn
$$;
comment on table core.rule_threshold is '规则阈值(全部版本)';
comment on column core.rule_threshold.rule_no is '规则编号';
comment on column core.rule_threshold.version_no is '版本';
comment on column core.rule_threshold.region_code is '适用地区';
comment on column core.rule_threshold.high_risk_domain_code is '适用行业';
comment on column core.rule_threshold.operator_code is '比较符';
comment on column core.rule_threshold.threshold_value is '阈值';
comment on column core.rule_threshold.unit_code is '单位';
comment on column core.rule_threshold.basis_code is '基数';
comment on column core.rule_threshold.valid_from_date is '生效日期';
comment on column core.rule_threshold.valid_to_date is '失效日期';
comment on column core.rule_threshold.severity_code is '严重程度';
comment on column core.rule_threshold.source_document_text is '依据文件';
comment on column core.rule_threshold.confidence_code is '可信度';
comment on column core.rule_threshold.operation_code is '操作类型';
comment on column core.rule_threshold.source_updated_at is '源系统更新时间';
comment on column core.rule_threshold.version_id is '版本号(平台内部)';
comment on column core.rule_threshold.insurer_id is '报送机构';
comment on column core.rule_threshold.batch_id is '批次号';
comment on column core.rule_threshold.row_no is '批次内行号';
comment on column core.rule_threshold.content_hash is '内容哈希 SHA-256';
comment on column core.rule_threshold.recorded_at is '入库时间';
comment on column core.rule_threshold.superseded_at is '被替换时间,空为当前版本';
comment on column core.rule_threshold.first_received_at is '首次接收时间';
comment on column core.rule_threshold.deadline_on is '报送截止日,空为待定或不适用';
comment on column core.rule_threshold.timeliness is '及时性: on_time 及时, late 迟报, undetermined 待定';
comment on column core.rule_threshold.is_withdrawn is '撤销标志';
