-- core.fee_expense: every accepted version of 服务费用支出
-- grain: one row a version of (expense_no, insurer_id)
create table core.fee_expense (
    version_id bigint generated always as identity primary key,
    insurer_id text not null,
    insurer_code text,
    branch_code text,
    source_record_no text,
    operation_code text not null,
    source_updated_at timestamptz not null,
    correction_reason_text text,
    expense_no text not null,
    is_pooled boolean,
    policy_no text,
    pool_region_code text,
    service_no text,
    fee_category_code text,
    expense_status_code text,
    expense_amount numeric(18,2),
    budget_year_no text,
    accrued_date date,
    paid_date date,
    payee_name text,
    payee_credit_code text,
    invoice_no text,
    evidence_list text,
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
create unique index fee_expense_current_key on core.fee_expense (expense_no, insurer_id) where superseded_at is null;
create index fee_expense_past_key on core.fee_expense (expense_no, insurer_id) where superseded_at is not null;
create index fee_expense_batch on core.fee_expense using brin (batch_id);

call core.protect_history('fee_expense');

create view core.fee_expense_current as
select * from core.fee_expense where superseded_at is null and not is_withdrawn;

create function core.fee_expense_known(known_at timestamptz) returns setof core.fee_expense
language sql stable parallel safe as $$
    select v.* from core.fee_expense as v
    where v.recorded_at <= $1 and (v.superseded_at is null or v.superseded_at > $1) and not v.is_withdrawn
$$;
comment on table core.fee_expense is '服务费用支出(全部版本)';
comment on column core.fee_expense.insurer_code is '保险机构代码';
comment on column core.fee_expense.branch_code is '市级机构代码';
comment on column core.fee_expense.source_record_no is '源系统流水号';
comment on column core.fee_expense.operation_code is '操作类型';
comment on column core.fee_expense.source_updated_at is '源系统更新时间';
comment on column core.fee_expense.correction_reason_text is '更正原因';
comment on column core.fee_expense.expense_no is '费用流水号';
comment on column core.fee_expense.is_pooled is '统筹支出标志';
comment on column core.fee_expense.policy_no is '保单号';
comment on column core.fee_expense.pool_region_code is '统筹地区代码';
comment on column core.fee_expense.service_no is '服务编号';
comment on column core.fee_expense.fee_category_code is '费用类别';
comment on column core.fee_expense.expense_status_code is '费用状态';
comment on column core.fee_expense.expense_amount is '金额';
comment on column core.fee_expense.budget_year_no is '预算年度';
comment on column core.fee_expense.accrued_date is '计提日期';
comment on column core.fee_expense.paid_date is '支付日期';
comment on column core.fee_expense.payee_name is '收款方名称';
comment on column core.fee_expense.payee_credit_code is '收款方信用代码';
comment on column core.fee_expense.invoice_no is '发票号';
comment on column core.fee_expense.evidence_list is '凭证附件';
comment on column core.fee_expense.version_id is '版本号(平台内部)';
comment on column core.fee_expense.insurer_id is '报送机构';
comment on column core.fee_expense.batch_id is '批次号';
comment on column core.fee_expense.row_no is '批次内行号';
comment on column core.fee_expense.content_hash is '内容哈希 SHA-256';
comment on column core.fee_expense.recorded_at is '入库时间';
comment on column core.fee_expense.superseded_at is '被替换时间,空为当前版本';
comment on column core.fee_expense.first_received_at is '首次接收时间';
comment on column core.fee_expense.deadline_on is '报送截止日,空为待定或不适用';
comment on column core.fee_expense.timeliness is '及时性: on_time 及时, late 迟报, undetermined 待定';
comment on column core.fee_expense.is_withdrawn is '撤销标志';
