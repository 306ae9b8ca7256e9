-- core.claim: every accepted version of 赔案
-- grain: one row a version of (report_no, insurer_id)
create table core.claim (
    version_id bigint generated always as identity primary key,
    insurer_id text not null,
    insurer_code text,
    branch_code text,
    source_record_no text,
    operation_code text not null,
    source_updated_at timestamptz not null,
    correction_reason_text text,
    report_no text not null,
    register_no text,
    claim_no text,
    policy_no text,
    claim_status_code text,
    accident_at timestamptz,
    reported_at timestamptz,
    registered_at timestamptz,
    decided_at timestamptz,
    agreed_at timestamptz,
    closed_at timestamptz,
    is_reopened boolean,
    accident_region_code text,
    accident_place_text text,
    accident_type_code text,
    accident_type_edition_code text,
    accident_grade_code text,
    death_count integer,
    serious_injury_count integer,
    minor_injury_count integer,
    third_party_victim_count integer,
    claimed_amount numeric(18,2),
    reserve_amount numeric(18,2),
    decline_reason_text text,
    description_text text,
    reporter_name text,
    reporter_phone text,
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
create unique index claim_current_key on core.claim (report_no, insurer_id) where superseded_at is null;
create index claim_past_key on core.claim (report_no, insurer_id) where superseded_at is not null;
create index claim_batch on core.claim using brin (batch_id);

call core.protect_history('claim');

create view core.claim_current as
select * from core.claim where superseded_at is null and not is_withdrawn;

create function core.claim_known(known_at timestamptz) returns setof core.claim
language sql stable parallel safe as $$
    select v.* from core.claim as v
    where v.recorded_at <= $1 and (v.superseded_at is null or v.superseded_at > $1) and not v.is_withdrawn
$$;
comment on table core.claim is '赔案(全部版本)';
comment on column core.claim.insurer_code is '保险机构代码';
comment on column core.claim.branch_code is '市级机构代码';
comment on column core.claim.source_record_no is '源系统流水号';
comment on column core.claim.operation_code is '操作类型';
comment on column core.claim.source_updated_at is '源系统更新时间';
comment on column core.claim.correction_reason_text is '更正原因';
comment on column core.claim.report_no is '报案号';
comment on column core.claim.register_no is '立案号';
comment on column core.claim.claim_no is '赔案号';
comment on column core.claim.policy_no is '保单号';
comment on column core.claim.claim_status_code is '案件状态';
comment on column core.claim.accident_at is '出险时间';
comment on column core.claim.reported_at is '报案时间';
comment on column core.claim.registered_at is '立案时间';
comment on column core.claim.decided_at is '核定时间';
comment on column core.claim.agreed_at is '达成赔偿协议时间';
comment on column core.claim.closed_at is '结案时间';
comment on column core.claim.is_reopened is '重开案件标志';
comment on column core.claim.accident_region_code is '出险地代码';
comment on column core.claim.accident_place_text is '出险地点';
comment on column core.claim.accident_type_code is '事故类别';
comment on column core.claim.accident_type_edition_code is '事故类别版本';
comment on column core.claim.accident_grade_code is '事故等级';
comment on column core.claim.death_count is '死亡人数';
comment on column core.claim.serious_injury_count is '重伤人数';
comment on column core.claim.minor_injury_count is '轻伤人数';
comment on column core.claim.third_party_victim_count is '其中第三者伤亡人数';
comment on column core.claim.claimed_amount is '报损金额';
comment on column core.claim.reserve_amount is '未决赔款准备金';
comment on column core.claim.decline_reason_text is '拒赔原因';
comment on column core.claim.description_text is '事故经过';
comment on column core.claim.reporter_name is '报案人';
comment on column core.claim.reporter_phone is '报案人电话';
comment on column core.claim.version_id is '版本号(平台内部)';
comment on column core.claim.insurer_id is '报送机构';
comment on column core.claim.batch_id is '批次号';
comment on column core.claim.row_no is '批次内行号';
comment on column core.claim.content_hash is '内容哈希 SHA-256';
comment on column core.claim.recorded_at is '入库时间';
comment on column core.claim.superseded_at is '被替换时间,空为当前版本';
comment on column core.claim.first_received_at is '首次接收时间';
comment on column core.claim.deadline_on is '报送截止日,空为待定或不适用';
comment on column core.claim.timeliness is '及时性: on_time 及时, late 迟报, undetermined 待定';
comment on column core.claim.is_withdrawn is '撤销标志';
