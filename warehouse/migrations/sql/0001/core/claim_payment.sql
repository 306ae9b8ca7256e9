-- core.claim_payment: every accepted version of 赔款支付
-- grain: one row a version of (payment_no, insurer_id)
create table core.claim_payment (
    version_id bigint generated always as identity primary key,
    insurer_id text not null,
    insurer_code text,
    branch_code text,
    source_record_no text,
    operation_code text not null,
    source_updated_at timestamptz not null,
    correction_reason_text text,
    payment_no text not null,
    report_no text,
    payment_kind_code text,
    claim_item_code text,
    expense_type_code text,
    paid_amount numeric(18,2),
    paid_at timestamptz,
    victim_count integer,
    payee_type_code text,
    payee_name text,
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
create unique index claim_payment_current_key on core.claim_payment (payment_no, insurer_id) where superseded_at is null;
create index claim_payment_past_key on core.claim_payment (payment_no, insurer_id) where superseded_at is not null;
create index claim_payment_batch on core.claim_payment using brin (batch_id);

call core.protect_history('claim_payment');

create view core.claim_payment_current as
select * from core.claim_payment where superseded_at is null and not is_withdrawn;

create function core.claim_payment_known(known_at timestamptz) returns setof core.claim_payment
language sql stable parallel safe as $$
    select v.* from core.claim_payment as v
    where v.recorded_at <= $1 and (v.superseded_at is null or v.superseded_at > $1) and not v.is_withdrawn
$$;
comment on table core.claim_payment is '赔款支付(全部版本)';
comment on column core.claim_payment.insurer_code is '保险机构代码';
comment on column core.claim_payment.branch_code is '市级机构代码';
comment on column core.claim_payment.source_record_no is '源系统流水号';
comment on column core.claim_payment.operation_code is '操作类型';
comment on column core.claim_payment.source_updated_at is '源系统更新时间';
comment on column core.claim_payment.correction_reason_text is '更正原因';
comment on column core.claim_payment.payment_no is '支付流水号';
comment on column core.claim_payment.report_no is '报案号';
comment on column core.claim_payment.payment_kind_code is '支付类型';
comment on column core.claim_payment.claim_item_code is '赔偿项目';
comment on column core.claim_payment.expense_type_code is '直接理赔费用类型';
comment on column core.claim_payment.paid_amount is '支付金额';
comment on column core.claim_payment.paid_at is '支付时间';
comment on column core.claim_payment.victim_count is '涉及人数';
comment on column core.claim_payment.payee_type_code is '收款方类型';
comment on column core.claim_payment.payee_name is '收款方名称';
comment on column core.claim_payment.version_id is '版本号(平台内部)';
comment on column core.claim_payment.insurer_id is '报送机构';
comment on column core.claim_payment.batch_id is '批次号';
comment on column core.claim_payment.row_no is '批次内行号';
comment on column core.claim_payment.content_hash is '内容哈希 SHA-256';
comment on column core.claim_payment.recorded_at is '入库时间';
comment on column core.claim_payment.superseded_at is '被替换时间,空为当前版本';
comment on column core.claim_payment.first_received_at is '首次接收时间';
comment on column core.claim_payment.deadline_on is '报送截止日,空为待定或不适用';
comment on column core.claim_payment.timeliness is '及时性: on_time 及时, late 迟报, undetermined 待定';
comment on column core.claim_payment.is_withdrawn is '撤销标志';
