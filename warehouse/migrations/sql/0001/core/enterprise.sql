-- core.enterprise: every accepted version of 应投保企业
-- grain: one row a version of (credit_code, insurer_id)
create table core.enterprise (
    version_id bigint generated always as identity primary key,
    insurer_id text not null,
    credit_code text not null,
    enterprise_name text,
    region_code text,
    address_text text,
    high_risk_domain_code text,
    industry_code text,
    is_must_insure boolean,
    must_insure_basis_text text,
    must_insure_from_date date,
    must_insure_to_date date,
    operation_status_code text,
    operation_status_date date,
    employee_count integer,
    employee_count_date date,
    size_code text,
    safety_level_code text,
    risk_level_code text,
    licence_no text,
    parent_credit_code text,
    regulator_dept_code text,
    contact_name text,
    contact_phone text,
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
create unique index enterprise_current_key on core.enterprise (credit_code, insurer_id) where superseded_at is null;
create index enterprise_past_key on core.enterprise (credit_code, insurer_id) where superseded_at is not null;
create index enterprise_batch on core.enterprise using brin (batch_id);

call core.protect_history('enterprise');

create view core.enterprise_current as
select * from core.enterprise where superseded_at is null and not is_withdrawn;

create function core.enterprise_known(known_at timestamptz) returns setof core.enterprise
language sql stable parallel safe as $$
    select v.* from core.enterprise as v
    where v.recorded_at <= $1 and (v.superseded_at is null or v.superseded_at > $1) and not v.is_withdrawn
$$;
comment on table core.enterprise is '应投保企业(全部版本)';
comment on column core.enterprise.credit_code is '统一社会信用代码';
comment on column core.enterprise.enterprise_name is '企业名称';
comment on column core.enterprise.region_code is '所在地代码';
comment on column core.enterprise.address_text is '生产经营地址';
comment on column core.enterprise.high_risk_domain_code is '高危行业领域';
comment on column core.enterprise.industry_code is '国民经济行业代码';
comment on column core.enterprise.is_must_insure is '应投保标志';
comment on column core.enterprise.must_insure_basis_text is '应投保依据';
comment on column core.enterprise.must_insure_from_date is '应投保起期';
comment on column core.enterprise.must_insure_to_date is '应投保止期';
comment on column core.enterprise.operation_status_code is '经营状态';
comment on column core.enterprise.operation_status_date is '状态日期';
comment on column core.enterprise.employee_count is '从业人员数';
comment on column core.enterprise.employee_count_date is '人数截止日期';
comment on column core.enterprise.size_code is '企业规模';
comment on column core.enterprise.safety_level_code is '安全生产标准化等级';
comment on column core.enterprise.risk_level_code is '风险等级';
comment on column core.enterprise.licence_no is '安全生产许可证号';
comment on column core.enterprise.parent_credit_code is '上级单位信用代码';
comment on column core.enterprise.regulator_dept_code is '监管部门';
comment on column core.enterprise.contact_name is '联系人';
comment on column core.enterprise.contact_phone is '联系人电话';
comment on column core.enterprise.operation_code is '操作类型';
comment on column core.enterprise.source_updated_at is '源系统更新时间';
comment on column core.enterprise.version_id is '版本号(平台内部)';
comment on column core.enterprise.insurer_id is '报送机构';
comment on column core.enterprise.batch_id is '批次号';
comment on column core.enterprise.row_no is '批次内行号';
comment on column core.enterprise.content_hash is '内容哈希 SHA-256';
comment on column core.enterprise.recorded_at is '入库时间';
comment on column core.enterprise.superseded_at is '被替换时间,空为当前版本';
comment on column core.enterprise.first_received_at is '首次接收时间';
comment on column core.enterprise.deadline_on is '报送截止日,空为待定或不适用';
comment on column core.enterprise.timeliness is '及时性: on_time 及时, late 迟报, undetermined 待定';
comment on column core.enterprise.is_withdrawn is '撤销标志';
