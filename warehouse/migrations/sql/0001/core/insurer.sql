-- core.insurer: every accepted version of 保险机构
-- grain: one row a version of (insurer_code, branch_code, insurer_id)
create table core.insurer (
    version_id bigint generated always as identity primary key,
    insurer_id text not null,
    insurer_code text not null,
    insurer_name text,
    credit_code text,
    licence_no text,
    alias_list text,
    feed_mode_code text,
    branch_code text not null,
    branch_name text,
    branch_region_code text,
    data_contact_name text,
    data_contact_phone text,
    valid_from_date date,
    valid_to_date date,
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
create unique index insurer_current_key on core.insurer (insurer_code, branch_code, insurer_id) where superseded_at is null;
create index insurer_past_key on core.insurer (insurer_code, branch_code, insurer_id) where superseded_at is not null;
create index insurer_batch on core.insurer using brin (batch_id);

call core.protect_history('insurer');

create view core.insurer_current as
select * from core.insurer where superseded_at is null and not is_withdrawn;

create function core.insurer_known(known_at timestamptz) returns setof core.insurer
language sql stable parallel safe as $$
    select v.* from core.insurer as v
    where v.recorded_at <= $1 and (v.superseded_at is null or v.superseded_at > $1) and not v.is_withdrawn
$$;
comment on table core.insurer is '保险机构(全部版本)';
comment on column core.insurer.insurer_code is '保险机构代码';
comment on column core.insurer.insurer_name is '保险机构名称';
comment on column core.insurer.credit_code is '总公司信用代码';
comment on column core.insurer.licence_no is '许可证编号';
comment on column core.insurer.alias_list is '别名';
comment on column core.insurer.feed_mode_code is '数据接入方式';
comment on column core.insurer.branch_code is '市级机构代码';
comment on column core.insurer.branch_name is '市级机构名称';
comment on column core.insurer.branch_region_code is '市级机构所在地代码';
comment on column core.insurer.data_contact_name is '数据专人';
comment on column core.insurer.data_contact_phone is '数据专人电话';
comment on column core.insurer.valid_from_date is '有效期起';
comment on column core.insurer.valid_to_date is '有效期止';
comment on column core.insurer.operation_code is '操作类型';
comment on column core.insurer.source_updated_at is '源系统更新时间';
comment on column core.insurer.version_id is '版本号(平台内部)';
comment on column core.insurer.insurer_id is '报送机构';
comment on column core.insurer.batch_id is '批次号';
comment on column core.insurer.row_no is '批次内行号';
comment on column core.insurer.content_hash is '内容哈希 SHA-256';
comment on column core.insurer.recorded_at is '入库时间';
comment on column core.insurer.superseded_at is '被替换时间,空为当前版本';
comment on column core.insurer.first_received_at is '首次接收时间';
comment on column core.insurer.deadline_on is '报送截止日,空为待定或不适用';
comment on column core.insurer.timeliness is '及时性: on_time 及时, late 迟报, undetermined 待定';
comment on column core.insurer.is_withdrawn is '撤销标志';
