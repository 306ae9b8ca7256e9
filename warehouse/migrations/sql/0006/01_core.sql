-- core.renumbering: every accepted version of 业务号变更
-- grain: one row a version of (record_type_code, old_no, insurer_id)
create table core.renumbering (
    version_id bigint generated always as identity primary key,
    insurer_id text not null,
    insurer_code text,
    branch_code text,
    source_record_no text,
    operation_code text not null,
    source_updated_at timestamptz not null,
    correction_reason_text text,
    record_type_code text not null,
    old_no text not null,
    new_no text,
    effective_date date,
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
create unique index renumbering_current_key on core.renumbering (record_type_code, old_no, insurer_id) where superseded_at is null;
create index renumbering_past_key on core.renumbering (record_type_code, old_no, insurer_id) where superseded_at is not null;
create index renumbering_batch on core.renumbering using brin (batch_id);

call core.protect_history('renumbering');

create view core.renumbering_current as
select * from core.renumbering where superseded_at is null and not is_withdrawn;

create function core.renumbering_known(known_at timestamptz) returns setof core.renumbering
language sql stable parallel safe as $$
    select v.* from core.renumbering as v
    where v.recorded_at <= $1 and (v.superseded_at is null or v.superseded_at > $1) and not v.is_withdrawn
$$;
comment on table core.renumbering is '业务号变更(全部版本)';
comment on column core.renumbering.insurer_code is '保险机构代码';
comment on column core.renumbering.branch_code is '市级机构代码';
comment on column core.renumbering.source_record_no is '源系统流水号';
comment on column core.renumbering.operation_code is '操作类型';
comment on column core.renumbering.source_updated_at is '源系统更新时间';
comment on column core.renumbering.correction_reason_text is '更正原因';
comment on column core.renumbering.record_type_code is '记录类型';
comment on column core.renumbering.old_no is '旧号';
comment on column core.renumbering.new_no is '新号';
comment on column core.renumbering.effective_date is '变更日期';
comment on column core.renumbering.version_id is '版本号(平台内部)';
comment on column core.renumbering.insurer_id is '报送机构';
comment on column core.renumbering.batch_id is '批次号';
comment on column core.renumbering.row_no is '批次内行号';
comment on column core.renumbering.content_hash is '内容哈希 SHA-256';
comment on column core.renumbering.recorded_at is '入库时间';
comment on column core.renumbering.superseded_at is '被替换时间,空为当前版本';
comment on column core.renumbering.first_received_at is '首次接收时间';
comment on column core.renumbering.deadline_on is '报送截止日,空为待定或不适用';
comment on column core.renumbering.timeliness is '及时性: on_time 及时, late 迟报, undetermined 待定';
comment on column core.renumbering.is_withdrawn is '撤销标志';
