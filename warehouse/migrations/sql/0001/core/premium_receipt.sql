-- core.premium_receipt: every accepted version of 保费实收
-- grain: one row a version of (receipt_no, insurer_id)
create table core.premium_receipt (
    version_id bigint generated always as identity primary key,
    insurer_id text not null,
    insurer_code text,
    branch_code text,
    source_record_no text,
    operation_code text not null,
    source_updated_at timestamptz not null,
    correction_reason_text text,
    receipt_no text not null,
    policy_no text,
    endorsement_no text,
    receipt_type_code text,
    receipt_date date,
    received_amount numeric(18,2),
    instalment_no text,
    payer_name text,
    payer_credit_code text,
    subsidy_amount numeric(18,2),
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
create unique index premium_receipt_current_key on core.premium_receipt (receipt_no, insurer_id) where superseded_at is null;
create index premium_receipt_past_key on core.premium_receipt (receipt_no, insurer_id) where superseded_at is not null;
create index premium_receipt_batch on core.premium_receipt using brin (batch_id);

call core.protect_history('premium_receipt');

create view core.premium_receipt_current as
select * from core.premium_receipt where superseded_at is null and not is_withdrawn;

create function core.premium_receipt_known(known_at timestamptz) returns setof core.premium_receipt
language sql stable parallel safe as $$
    select v.* from core.premium_receipt as v
    where v.recorded_at <= $1 and (v.superseded_at is null or v.superseded_at > $1) and not v.is_withdrawn
$$;
comment on table core.premium_receipt is '保费实收(全部版本)';
comment on column core.premium_receipt.insurer_code is '保险机构代码';
comment on column core.premium_receipt.branch_code is '市级机构代码';
comment on column core.premium_receipt.source_record_no is '源系统流水号';
comment on column core.premium_receipt.operation_code is '操作类型';
comment on column core.premium_receipt.source_updated_at is '源系统更新时间';
comment on column core.premium_receipt.correction_reason_text is '更正原因';
comment on column core.premium_receipt.receipt_no is '收付流水号';
comment on column core.premium_receipt.policy_no is '保单号';
comment on column core.premium_receipt.endorsement_no is '批单号';
comment on column core.premium_receipt.receipt_type_code is '收付类型';
comment on column core.premium_receipt.receipt_date is '实收日期';
comment on column core.premium_receipt.received_amount is '实收金额';
comment on column core.premium_receipt.instalment_no is '期次';
comment on column core.premium_receipt.payer_name is '付款方名称';
comment on column core.premium_receipt.payer_credit_code is '付款方信用代码';
comment on column core.premium_receipt.subsidy_amount is '其中财政补贴';
comment on column core.premium_receipt.version_id is '版本号(平台内部)';
comment on column core.premium_receipt.insurer_id is '报送机构';
comment on column core.premium_receipt.batch_id is '批次号';
comment on column core.premium_receipt.row_no is '批次内行号';
comment on column core.premium_receipt.content_hash is '内容哈希 SHA-256';
comment on column core.premium_receipt.recorded_at is '入库时间';
comment on column core.premium_receipt.superseded_at is '被替换时间,空为当前版本';
comment on column core.premium_receipt.first_received_at is '首次接收时间';
comment on column core.premium_receipt.deadline_on is '报送截止日,空为待定或不适用';
comment on column core.premium_receipt.timeliness is '及时性: on_time 及时, late 迟报, undetermined 待定';
comment on column core.premium_receipt.is_withdrawn is '撤销标志';
