-- Policies through valid time, as they were known at a moment; replaces the function of migration 0002.
-- Grain: one row a policy and stretch of days [valid_from, valid_to) on which its attributes do not change.
-- Scope: policies and endorsements known at the moment; endorsements of one sender and policy number in the order of
--   effective date, issue date, time of change, number; the last value that is not null wins. cover_from and cover_to
--   are the days of the stretch that are in force, both included, null when there is none. is_void: from the start.
-- Limits: endorsements before their policy wait until it is known.
create function core.number_pieces(business_no text) returns text []
language sql immutable strict parallel safe as $$
    select case when $1 ~ '^[0-9]' then array[''] else array[]::text [] end || array(
        select
            case
                when p.piece[1] ~ '^[0-9]'
                    then lpad(cast(length(ltrim(p.piece[1], '0')) as text), 6, '0') || ltrim(p.piece[1], '0')
                else p.piece[1]
            end
        from regexp_matches($1, '[0-9]+|[^0-9]+', 'g') with ordinality as p (piece, piece_no)
        order by p.piece_no
    )
$$;
comment on function core.number_pieces is
'业务号的排序依据:数字段按数值比较,其余按字符, order by it in collation C: digit runs as numbers, so HI-E-10 after HI-E-9';

create function core.settled(total numeric) returns numeric
language sql immutable parallel safe as $$ select case when scale($1) > 12 then round($1, 12) else $1 end $$;
comment on function core.settled is
'合计最多保留12位小数(四舍五入), a sum with at most 12 decimals, half up; a shorter one stays as it is';

drop function core.policy_timeline(timestamptz);

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
