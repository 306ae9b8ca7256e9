-- report.policy: current records of 保单
-- grain: one row per policy of an insurer
create view report.policy as
select
    insurer_id,
    insurer_code,
    branch_code,
    source_record_no,
    operation_code,
    source_updated_at,
    correction_reason_text,
    policy_no,
    previous_policy_no,
    policy_status_code,
    product_code,
    product_name,
    holder_name,
    holder_credit_code,
    insured_name,
    insured_credit_code,
    insured_object_code,
    project_no,
    project_name,
    work_start_date,
    region_code,
    address_text,
    high_risk_domain_code,
    industry_code,
    risk_level_code,
    issue_date,
    cover_start_date,
    cover_end_date,
    termination_date,
    termination_reason_code,
    written_premium_amount,
    premium_tax_code,
    premium_rate_ratio,
    rate_float_ratio,
    commission_ratio,
    commission_amount,
    insured_person_count,
    employee_count,
    temporary_person_count,
    dispatched_person_count,
    per_person_limit_amount,
    per_person_limit_max_amount,
    medical_limit_amount,
    per_accident_limit_amount,
    aggregate_limit_amount,
    third_party_limit_amount,
    rescue_limit_amount,
    legal_limit_amount,
    deductible_amount,
    service_fee_ratio,
    service_frequency_count,
    is_coinsured,
    lead_insurer_code,
    own_share_ratio,
    version_id,
    batch_id,
    row_no,
    recorded_at,
    first_received_at,
    deadline_on,
    timeliness
from core.policy_current;
grant select on report.policy to anze_regulator;
comment on view report.policy is '保单: 当前有效记录,不含个人信息';
comment on column report.policy.insurer_code is '保险机构代码';
comment on column report.policy.branch_code is '市级机构代码';
comment on column report.policy.source_record_no is '源系统流水号';
comment on column report.policy.operation_code is '操作类型';
comment on column report.policy.source_updated_at is '源系统更新时间';
comment on column report.policy.correction_reason_text is '更正原因';
comment on column report.policy.policy_no is '保单号';
comment on column report.policy.previous_policy_no is '上期保单号';
comment on column report.policy.policy_status_code is '保单状态';
comment on column report.policy.product_code is '条款产品代码';
comment on column report.policy.product_name is '条款产品名称';
comment on column report.policy.holder_name is '投保人名称';
comment on column report.policy.holder_credit_code is '投保人统一社会信用代码';
comment on column report.policy.insured_name is '被保险人名称';
comment on column report.policy.insured_credit_code is '被保险人统一社会信用代码';
comment on column report.policy.insured_object_code is '保险标的类型';
comment on column report.policy.project_no is '工程项目编号';
comment on column report.policy.project_name is '工程项目名称';
comment on column report.policy.work_start_date is '开工日期';
comment on column report.policy.region_code is '风险所在地代码';
comment on column report.policy.address_text is '风险地址';
comment on column report.policy.high_risk_domain_code is '高危行业领域';
comment on column report.policy.industry_code is '国民经济行业代码';
comment on column report.policy.risk_level_code is '风险等级';
comment on column report.policy.issue_date is '签单日期';
comment on column report.policy.cover_start_date is '保险起期';
comment on column report.policy.cover_end_date is '保险止期';
comment on column report.policy.termination_date is '责任终止日期';
comment on column report.policy.termination_reason_code is '终止原因';
comment on column report.policy.written_premium_amount is '签单保费';
comment on column report.policy.premium_tax_code is '保费含税标识';
comment on column report.policy.premium_rate_ratio is '费率';
comment on column report.policy.rate_float_ratio is '费率浮动系数';
comment on column report.policy.commission_ratio is '佣金比例';
comment on column report.policy.commission_amount is '佣金金额';
comment on column report.policy.insured_person_count is '参保人数';
comment on column report.policy.employee_count is '从业人员总数';
comment on column report.policy.temporary_person_count is '其中临时聘用人数';
comment on column report.policy.dispatched_person_count is '其中被派遣劳动者人数';
comment on column report.policy.per_person_limit_amount is '每人死亡伤残责任限额';
comment on column report.policy.per_person_limit_max_amount is '每人限额最高值';
comment on column report.policy.medical_limit_amount is '每人医疗费用限额';
comment on column report.policy.per_accident_limit_amount is '每次事故责任限额';
comment on column report.policy.aggregate_limit_amount is '累计责任限额';
comment on column report.policy.third_party_limit_amount is '第三者责任限额';
comment on column report.policy.rescue_limit_amount is '抢险救援费用限额';
comment on column report.policy.legal_limit_amount is '法律费用限额';
comment on column report.policy.deductible_amount is '每次事故免赔额';
comment on column report.policy.service_fee_ratio is '约定事故预防服务费比例';
comment on column report.policy.service_frequency_count is '约定年度服务次数';
comment on column report.policy.is_coinsured is '共保标志';
comment on column report.policy.lead_insurer_code is '首席承保人代码';
comment on column report.policy.own_share_ratio is '本方份额';
comment on column report.policy.insurer_id is '报送机构';
comment on column report.policy.version_id is '版本号(平台内部)';
comment on column report.policy.batch_id is '批次号';
comment on column report.policy.row_no is '批次内行号';
comment on column report.policy.recorded_at is '入库时间';
comment on column report.policy.first_received_at is '首次接收时间';
comment on column report.policy.deadline_on is '报送截止日,空为待定或不适用';
comment on column report.policy.timeliness is '及时性: on_time 及时, late 迟报, undetermined 待定';
