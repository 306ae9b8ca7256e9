-- core.agency: every accepted version of 技术服务机构
-- grain: one row a version of (agency_credit_code, insurer_id)
create table core.agency (
    version_id bigint generated always as identity primary key,
    insurer_id text not null,
    agency_credit_code text not null,
    agency_name text,
    region_code text,
    qualification_list text,
    is_committee_member boolean,
    expert_count integer,
    restricted_from_date date,
    restricted_to_date date,
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
create unique index agency_current_key on core.agency (agency_credit_code, insurer_id) where superseded_at is null;
create index agency_past_key on core.agency (agency_credit_code, insurer_id) where superseded_at is not null;
create index agency_batch on core.agency using brin (batch_id);

call core.protect_history('agency');

create view core.agency_current as
select * from core.agency where superseded_at is null and not is_withdrawn;

create function core.agency_known(known_at timestamptz) returns setof core.agency
language sql stable parallel safe as $$
    select v.* from core.agency as v
    where v.recorded_at <= $1 and (v.superseded_at is null or v.superseded_at > $1) and not v.is_withdrawn
$$;
comment on table core.agency is '技术服务机构(全部版本)';
comment on column core.agency.agency_credit_code is '机构信用代码';
comment on column core.agency.agency_name is '机构名称';
comment on column core.agency.region_code is '注册地代码';
comment on column core.agency.qualification_list is '资质';
comment on column core.agency.is_committee_member is '专委会成员标志';
comment on column core.agency.expert_count is '专家人数';
comment on column core.agency.restricted_from_date is '限制从业起始日期';
comment on column core.agency.restricted_to_date is '限制从业截止日期';
comment on column core.agency.operation_code is '操作类型';
comment on column core.agency.source_updated_at is '源系统更新时间';
comment on column core.agency.version_id is '版本号(平台内部)';
comment on column core.agency.insurer_id is '报送机构';
comment on column core.agency.batch_id is '批次号';
comment on column core.agency.row_no is '批次内行号';
comment on column core.agency.content_hash is '内容哈希 SHA-256';
comment on column core.agency.recorded_at is '入库时间';
comment on column core.agency.superseded_at is '被替换时间,空为当前版本';
comment on column core.agency.first_received_at is '首次接收时间';
comment on column core.agency.deadline_on is '报送截止日,空为待定或不适用';
comment on column core.agency.timeliness is '及时性: on_time 及时, late 迟报, undetermined 待定';
comment on column core.agency.is_withdrawn is '撤销标志';
