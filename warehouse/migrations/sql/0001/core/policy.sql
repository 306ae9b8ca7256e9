-- core.policy: every accepted version of 保单
-- grain: one row a version of (policy_no, insurer_id)
create table core.policy (
    version_id bigint generated always as identity primary key,
    insurer_id text not null,
    insurer_code text,
    branch_code text,
    source_record_no text,
    operation_code text not null,
    source_updated_at timestamptz not null,
    correction_reason_text text,
    policy_no text not null,
    previous_policy_no text,
    policy_status_code text,
    product_code text,
    product_name text,
    holder_name text,
    holder_credit_code text,
    insured_name text,
    insured_credit_code text,
    insured_object_code text,
    project_no text,
    project_name text,
    work_start_date date,
    region_code text,
    address_text text,
    high_risk_domain_code text,
    industry_code text,
    risk_level_code text,
    issue_date date,
    cover_start_date date,
    cover_end_date date,
    termination_date date,
    termination_reason_code text,
    written_premium_amount numeric(18,2),
    premium_tax_code text,
    premium_rate_ratio numeric(9,6),
    rate_float_ratio numeric(9,6),
    commission_ratio numeric(9,6),
    commission_amount numeric(18,2),
    insured_person_count integer,
    employee_count integer,
    temporary_person_count integer,
    dispatched_person_count integer,
    per_person_limit_amount numeric(18,2),
    per_person_limit_max_amount numeric(18,2),
    medical_limit_amount numeric(18,2),
    per_accident_limit_amount numeric(18,2),
    aggregate_limit_amount numeric(18,2),
    third_party_limit_amount numeric(18,2),
    rescue_limit_amount numeric(18,2),
    legal_limit_amount numeric(18,2),
    deductible_amount numeric(18,2),
    service_fee_ratio numeric(9,6),
    service_frequency_count integer,
    is_coinsured boolean,
    lead_insurer_code text,
    own_share_ratio numeric(9,6),
    contact_name text,
    contact_phone text,
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
create unique index policy_current_key on core.policy (policy_no, insurer_id) where superseded_at is null;
create index policy_past_key on core.policy (policy_no, insurer_id) where superseded_at is not null;
create index policy_batch on core.policy using brin (batch_id);

call core.protect_history('policy');

create view core.policy_current as
select * from core.policy where superseded_at is null and not is_withdrawn;

create function core.policy_known(known_at timestamptz) returns setof core.policy
language sql stable parallel safe as $$
    select v.* from core.policy as v
    where v.recorded_at <= $1 and (v.superseded_at is null or v.superseded_at > $1) and not v.is_withdrawn
$$;
comment on table core.policy is '保单(全部版本)';
comment on column core.policy.insurer_code is '保险机构代码';
comment on column core.policy.branch_code is '市级机构代码';
comment on column core.policy.source_record_no is '源系统流水号';
comment on column core.policy.operation_code is '操作类型';
comment on column core.policy.source_updated_at is '源系统更新时间';
comment on column core.policy.correction_reason_text is '更正原因';
comment on column core.policy.policy_no is '保单号';
comment on column core.policy.previous_policy_no is '上期保单号';
comment on column core.policy.policy_status_code is '保单状态';
comment on column core.policy.product_code is '条款产品代码';
comment on column core.policy.product_name is '条款产品名称';
comment on column core.policy.holder_name is '投保人名称';
comment on column core.policy.holder_credit_code is '投保人统一社会信用代码';
comment on column core.policy.insured_name is '被保险人名称';
comment on column core.policy.insured_credit_code is '被保险人统一社会信用代码';
comment on column core.policy.insured_object_code is '保险标的类型';
comment on column core.policy.project_no is '工程项目编号';
comment on column core.policy.project_name is '工程项目名称';
comment on column core.policy.work_start_date is '开工日期';
comment on column core.policy.region_code is '风险所在地代码';
comment on column core.policy.address_text is '风险地址';
comment on column core.policy.high_risk_domain_code is '高危行业领域';
comment on column core.policy.industry_code is '国民经济行业代码';
comment on column core.policy.risk_level_code is '风险等级';
comment on column core.policy.issue_date is '签单日期';
comment on column core.policy.cover_start_date is '保险起期';
comment on column core.policy.cover_end_date is '保险止期';
comment on column core.policy.termination_date is '责任终止日期';
comment on column core.policy.termination_reason_code is '终止原因';
comment on column core.policy.written_premium_amount is '签单保费';
comment on column core.policy.premium_tax_code is '保费含税标识';
comment on column core.policy.premium_rate_ratio is '费率';
comment on column core.policy.rate_float_ratio is '费率浮动系数';
comment on column core.policy.commission_ratio is '佣金比例';
comment on column core.policy.commission_amount is '佣金金额';
comment on column core.policy.insured_person_count is '参保人数';
comment on column core.policy.employee_count is '从业人员总数';
comment on column core.policy.temporary_person_count is '其中临时聘用人数';
comment on column core.policy.dispatched_person_count is '其中被派遣劳动者人数';
comment on column core.policy.per_person_limit_amount is '每人死亡伤残责任限额';
comment on column core.policy.per_person_limit_max_amount is '每人限额最高值';
comment on column core.policy.medical_limit_amount is '每人医疗费用限额';
comment on column core.policy.per_accident_limit_amount is '每次事故责任限额';
comment on column core.policy.aggregate_limit_amount is '累计责任限额';
comment on column core.policy.third_party_limit_amount is '第三者责任限额';
comment on column core.policy.rescue_limit_amount is '抢险救援费用限额';
comment on column core.policy.legal_limit_amount is '法律费用限额';
comment on column core.policy.deductible_amount is '每次事故免赔额';
comment on column core.policy.service_fee_ratio is '约定事故预防服务费比例';
comment on column core.policy.service_frequency_count is '约定年度服务次数';
comment on column core.policy.is_coinsured is '共保标志';
comment on column core.policy.lead_insurer_code is '首席承保人代码';
comment on column core.policy.own_share_ratio is '本方份额';
comment on column core.policy.contact_name is '联系人';
comment on column core.policy.contact_phone is '联系人电话';
comment on column core.policy.version_id is '版本号(平台内部)';
comment on column core.policy.insurer_id is '报送机构';
comment on column core.policy.batch_id is '批次号';
comment on column core.policy.row_no is '批次内行号';
comment on column core.policy.content_hash is '内容哈希 SHA-256';
comment on column core.policy.recorded_at is '入库时间';
comment on column core.policy.superseded_at is '被替换时间,空为当前版本';
comment on column core.policy.first_received_at is '首次接收时间';
comment on column core.policy.deadline_on is '报送截止日,空为待定或不适用';
comment on column core.policy.timeliness is '及时性: on_time 及时, late 迟报, undetermined 待定';
comment on column core.policy.is_withdrawn is '撤销标志';
