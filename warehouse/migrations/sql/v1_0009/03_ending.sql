-- Policies that end soon, and separately the renewal of some of them: a page of a list looks up its own rows' only.
-- Grain: as each function's comment says. Scope: what the caller may see, as in v1_0008.
drop function report.policy_ending;

create function report.policy_ending(as_of date, known_at timestamptz, day_count integer)
returns table (
    version_id bigint, insurer_id text, policy_no text, insured_name text, insured_credit_code text, region_code text,
    high_risk_domain_code text, last_day date
) language plpgsql stable security definer set search_path = pg_catalog, pg_temp set work_mem = '32MB' set enable_nestloop = off as $$
#variable_conflict use_column
declare
    insurer_ids text[];
    policy_nos text[];
    is_seen boolean[];
begin
    select array_agg(k.insurer_id), array_agg(k.policy_no), array_agg(k.superseded_at is null or exists (
        select from core.policy as c
        where c.insurer_id = k.insurer_id and c.policy_no = k.policy_no and c.superseded_at is null
    ))
    into insurer_ids, policy_nos, is_seen
    from core.policy as k
    where
        k.recorded_at <= $2 and (k.superseded_at is null or k.superseded_at > $2) and not k.is_withdrawn
        and (
            k.cover_end_date between $1 and $1 + $3
            or k.termination_date - 1 between $1 and $1 + $3
            or (k.insurer_id, k.policy_no) in (
                select e.insurer_id, e.policy_no from mart.policies_ended_by_endorsement($2) as e
            )
        );
    return query
        select
            s.version_id, s.insurer_id, s.policy_no, s.insured_name, s.insured_credit_code, s.region_code,
            s.high_risk_domain_code, least(s.cover_end_date, s.termination_date - 1)
        from mart.policy_states($1, $2, insurer_ids, policy_nos, is_seen) as s
        where
            s.is_in_force and s.is_lead
            and least(s.cover_end_date, s.termination_date - 1) between $1 and $1 + $3;
end
$$;
comment on function report.policy_ending is
'即将到期的保单:业务日有效、保障在之后若干天内终止的保单每张一行,批单已计入,共保非首席的不在内;限对本账号可见的保单;续保保单见 report.policy_renewal。参数: as_of 业务日; known_at 时刻; day_count 天数。列: version_id 保单的版本号; insurer_id 报送机构; policy_no 保单号; insured_name 被保险人; insured_credit_code 统一社会信用代码; region_code 风险所在地代码; high_risk_domain_code 高危行业领域; last_day 保障最后一日';

create function report.policy_renewal(known_at timestamptz, insurer_ids text[], policy_nos text[], last_days date[])
returns table (insurer_id text, policy_no text, next_policy_no text)
language sql stable security definer rows 50 set search_path = pg_catalog, pg_temp set enable_nestloop = on as $$
    select
        k.insurer_id,
        k.policy_no,
        (
            select min(n.policy_no)
            from (
                select c.*
                from core.policy as c
                where c.insured_credit_code = p.insured_credit_code and c.superseded_at is null
                union all
                select c.*
                from core.policy as c
                where
                    c.insured_credit_code = p.insured_credit_code and c.superseded_at is not null
                    and c.superseded_at > $1
            ) as n
            where
                n.recorded_at <= $1 and not n.is_withdrawn
                and (n.insurer_id, n.policy_no) <> (k.insurer_id, k.policy_no)
                and n.cover_start_date <= k.last_day + 1
                and n.cover_end_date > k.last_day
                and n.termination_date is null
        )
    from unnest($2, $3, $4) as k (insurer_id, policy_no, last_day)
    cross join lateral core.policy_of(k.insurer_id, k.policy_no, $1) as p
$$;
comment on function report.policy_renewal is
'若干保单的续保保单:每张保单一行,同一被保险人的、不晚于保障最后一日的次日起保且保障更长的另一张保单;限对本账号可见的保单。参数: known_at 时刻; insurer_ids 报送机构; policy_nos 保单号; last_days 保障最后一日,三者逐一对应。列: insurer_id 报送机构; policy_no 保单号; next_policy_no 续保保单号,没有则为空';

grant execute on function report.policy_ending, report.policy_renewal to anze_regulator, anze_loader;
