-- Policies through valid time, as they were known at a moment.
-- Grain: one row a policy and stretch of days [valid_from, valid_to) on which its attributes do not change.
-- Scope: policies and endorsements known at the moment; endorsements of one sender and policy number in the order of
--   effective date, issue date, time of change, number; the last value that is not null wins. cover_from and cover_to
--   are the days of the stretch that are in force, both included, null when there is none. is_void: from the start.
-- Limits: endorsements before their policy wait until it is known.
create function core.policy_timeline(known_at timestamptz) returns table (
    version_id bigint,
    insurer_id text,
    policy_no text,
    valid_from date,
    valid_to date,
    insured_object_code text,
    insured_credit_code text,
    region_code text,
    high_risk_domain_code text,
    issue_date date,
    cover_start_date date,
    cover_end_date date,
    termination_date date,
    cover_from date,
    cover_to date,
    insured_person_count integer,
    employee_count integer,
    per_person_limit_amount numeric,
    aggregate_limit_amount numeric,
    service_fee_ratio numeric,
    written_premium_amount numeric,
    is_lead boolean,
    is_void boolean
) language sql stable parallel safe as $$
with ordered as (
    select
        e.*,
        row_number() over (
            partition by e.insurer_id, e.policy_no
            order by
                e.effective_date, e.issue_date nulls first, e.source_updated_at,
                core.number_pieces(e.endorsement_no) collate "C", e.endorsement_no collate "C"
        ) as change_no
    from core.endorsement_known($1) as e
    where e.effective_date is not null
),
change as (
    select
        e.insurer_id,
        e.policy_no,
        e.effective_date as valid_from,
        core.last_value_known(e.insured_person_count) over so_far as insured_person_count,
        core.last_value_known(e.employee_count) over so_far as employee_count,
        core.last_value_known(e.per_person_limit_amount) over so_far as per_person_limit_amount,
        core.last_value_known(e.aggregate_limit_amount) over so_far as aggregate_limit_amount,
        core.last_value_known(e.region_code) over so_far as region_code,
        core.last_value_known(e.service_fee_ratio) over so_far as service_fee_ratio,
        core.last_value_known(case when e.endorsement_type_code = '40' then e.cover_end_date end)
            over so_far as cover_end_date,
        core.last_value_known(case when e.endorsement_type_code = '50' then e.insured_credit_code end)
            over so_far as insured_credit_code,
        min(case when e.endorsement_type_code = '60' then e.effective_date end) over so_far as termination_date,
        lead(e.effective_date) over (partition by e.insurer_id, e.policy_no order by e.change_no)
        is distinct from e.effective_date as is_last_of_day
    from ordered as e
    window so_far as (partition by e.insurer_id, e.policy_no order by e.change_no rows unbounded preceding)
),
stretch as (
    select p.version_id, cast('-infinity' as date) as valid_from, cast(null as integer) as insured_person_count,
        cast(null as integer) as employee_count, cast(null as numeric) as per_person_limit_amount,
        cast(null as numeric) as aggregate_limit_amount, cast(null as text) as region_code,
        cast(null as numeric) as service_fee_ratio, cast(null as date) as cover_end_date,
        cast(null as text) as insured_credit_code, cast(null as date) as termination_date
    from core.policy_known($1) as p
    union all
    select p.version_id, c.valid_from, c.insured_person_count, c.employee_count, c.per_person_limit_amount,
        c.aggregate_limit_amount, c.region_code, c.service_fee_ratio, c.cover_end_date, c.insured_credit_code,
        c.termination_date
    from change as c
    inner join core.policy_known($1) as p on p.insurer_id = c.insurer_id and p.policy_no = c.policy_no
    where c.is_last_of_day
),
bounded as (
    select
        s.*,
        lead(s.valid_from, 1, cast('infinity' as date))
            over (partition by s.version_id order by s.valid_from) as valid_to
    from stretch as s
),
effective as (
    select
        p.version_id, p.insurer_id, p.policy_no, b.valid_from, b.valid_to, p.insured_object_code,
        coalesce(b.insured_credit_code, p.insured_credit_code) as insured_credit_code,
        coalesce(b.region_code, p.region_code) as region_code,
        p.high_risk_domain_code, p.issue_date, p.cover_start_date,
        coalesce(b.cover_end_date, p.cover_end_date) as cover_end_date,
        coalesce(p.termination_date, b.termination_date) as termination_date,
        p.policy_status_code,
        coalesce(b.insured_person_count, p.insured_person_count) as insured_person_count,
        coalesce(b.employee_count, p.employee_count) as employee_count,
        coalesce(b.per_person_limit_amount, p.per_person_limit_amount) as per_person_limit_amount,
        coalesce(b.aggregate_limit_amount, p.aggregate_limit_amount) as aggregate_limit_amount,
        coalesce(b.service_fee_ratio, p.service_fee_ratio) as service_fee_ratio,
        p.written_premium_amount,
        not coalesce(p.is_coinsured, false) or coalesce(p.lead_insurer_code = p.insurer_code, false) as is_lead
    from bounded as b
    inner join core.policy_known($1) as p on p.version_id = b.version_id
),
covered as (
    select
        e.*,
        greatest(e.valid_from, e.cover_start_date) as first_day,
        least(e.valid_to - 1, e.cover_end_date, e.termination_date - 1) as last_day
    from effective as e
)
select
    c.version_id, c.insurer_id, c.policy_no, c.valid_from, c.valid_to, c.insured_object_code, c.insured_credit_code,
    c.region_code, c.high_risk_domain_code, c.issue_date, c.cover_start_date, c.cover_end_date, c.termination_date,
    case when c.first_day <= c.last_day and c.policy_status_code is distinct from '60' then c.first_day end,
    case when c.first_day <= c.last_day and c.policy_status_code is distinct from '60' then c.last_day end,
    c.insured_person_count, c.employee_count, c.per_person_limit_amount, c.aggregate_limit_amount,
    c.service_fee_ratio, c.written_premium_amount, c.is_lead, coalesce(c.policy_status_code = '60', false)
from covered as c
$$;
comment on function core.policy_timeline is '保单随时间变化的有效状态(批单叠加), policies overlaid by their endorsements';

create function core.policy_in_force(as_of date, known_at timestamptz)
returns table (version_id bigint, insurer_id text, policy_no text, insured_credit_code text, region_code text)
language sql stable parallel safe as $$
    select t.version_id, t.insurer_id, t.policy_no, t.insured_credit_code, t.region_code
    from core.policy_timeline($2) as t
    where t.cover_from <= $1 and t.cover_to >= $1
$$;
comment on function core.policy_in_force is '某日有效保单, policies in force on a day';

create function core.policy_state_at(as_of date, known_at timestamptz)
returns table (
    version_id bigint,
    insurer_id text,
    policy_no text,
    valid_from date,
    valid_to date,
    is_in_force boolean,
    insured_object_code text,
    insured_credit_code text,
    region_code text,
    high_risk_domain_code text,
    issue_date date,
    cover_start_date date,
    cover_end_date date,
    termination_date date,
    insured_person_count integer,
    employee_count integer,
    per_person_limit_amount numeric,
    aggregate_limit_amount numeric,
    service_fee_ratio numeric,
    written_premium_amount numeric,
    is_lead boolean
) language sql stable parallel safe as $$
    select
        t.version_id, t.insurer_id, t.policy_no, t.valid_from, t.valid_to,
        coalesce($1 between t.cover_from and t.cover_to, false),
        t.insured_object_code, t.insured_credit_code, t.region_code, t.high_risk_domain_code, t.issue_date,
        t.cover_start_date, t.cover_end_date, t.termination_date, t.insured_person_count, t.employee_count,
        t.per_person_limit_amount, t.aggregate_limit_amount, t.service_fee_ratio, t.written_premium_amount, t.is_lead
    from core.policy_timeline($2) as t
    where t.valid_from <= $1 and $1 < t.valid_to
$$;
comment on function core.policy_state_at is
'某业务日的保单状态(叠加截至该日生效的批单), one row a policy known, in force or not, overlaid by its endorsements';

create function report.policy_state_at(as_of date, known_at timestamptz)
returns table (
    insurer_id text,
    policy_no text,
    valid_from date,
    valid_to date,
    is_in_force boolean,
    insured_object_code text,
    insured_credit_code text,
    region_code text,
    high_risk_domain_code text,
    issue_date date,
    cover_start_date date,
    cover_end_date date,
    termination_date date,
    insured_person_count integer,
    employee_count integer,
    per_person_limit_amount numeric,
    aggregate_limit_amount numeric,
    service_fee_ratio numeric,
    written_premium_amount numeric,
    is_lead boolean,
    version_id bigint
) language sql stable parallel safe security definer set search_path = pg_catalog, pg_temp as $$
    select
        s.insurer_id, s.policy_no, s.valid_from, s.valid_to, s.is_in_force, s.insured_object_code,
        s.insured_credit_code, s.region_code, s.high_risk_domain_code, s.issue_date, s.cover_start_date,
        s.cover_end_date, s.termination_date, s.insured_person_count, s.employee_count, s.per_person_limit_amount,
        s.aggregate_limit_amount, s.service_fee_ratio, s.written_premium_amount, s.is_lead, s.version_id
    from core.policy_state_at($1, $2) as s
$$;
comment on function report.policy_state_at is
'某业务日的保单状态(叠加截至该日生效的批单):每张某时刻已知的保单一行,无论是否有效(看 is_in_force);已撤销、当时已被替换的版本不在内。参数: as_of 业务日; known_at 时刻。列: insurer_id 报送机构; policy_no 保单号; valid_from 本段状态的首日; valid_to 本段状态之后的第一天; is_in_force 业务日是否在保险责任期内; insured_object_code 保险标的类型; insured_credit_code 被保险人统一社会信用代码; region_code 风险所在地代码; high_risk_domain_code 高危行业领域; issue_date 签单日期; cover_start_date 保险起期; cover_end_date 保险止期; termination_date 责任终止日期; insured_person_count 参保人数; employee_count 从业人员总数; per_person_limit_amount 每人死亡伤残责任限额; aggregate_limit_amount 累计责任限额; service_fee_ratio 约定事故预防服务费比例; written_premium_amount 签单保费; is_lead 是否由本机构计数(非共保,或为首席承保人); version_id 保单的版本号';

grant execute on function report.policy_state_at to anze_regulator, anze_loader;
