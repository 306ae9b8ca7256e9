-- Lists that would compute every policy to show a few.
-- Grain: as each function's comment says. Scope: what the caller may see: the policies are chosen as the owner, bound by
--   row security; mart.policies_ended_by_endorsement tells nothing but numbers, of which only those of seen policies are used.
create index endorsement_ending on core.endorsement (endorsement_type_code)
where endorsement_type_code in ('40', '60');

create function mart.policies_ended_by_endorsement(known_at timestamptz)
returns table (insurer_id text, policy_no text)
language sql stable security definer rows 1000 set search_path = pg_catalog, pg_temp as $$
    select distinct e.insurer_id, e.policy_no
    from core.endorsement as e
    where
        e.endorsement_type_code in ('40', '60') and e.recorded_at <= $1
        and (e.superseded_at is null or e.superseded_at > $1) and not e.is_withdrawn
$$;

create function report.policy_ending(as_of date, known_at timestamptz, day_count integer)
returns table (
    version_id bigint, insurer_id text, policy_no text, insured_name text, insured_credit_code text, region_code text,
    high_risk_domain_code text, last_day date, next_policy_no text
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
        with ending as materialized (
            select s.*, least(s.cover_end_date, s.termination_date - 1) as last_day
            from mart.policy_states($1, $2, insurer_ids, policy_nos, is_seen) as s
            where
                s.is_in_force and s.is_lead
                and least(s.cover_end_date, s.termination_date - 1) between $1 and $1 + $3
        )
        select
            e.version_id, e.insurer_id, e.policy_no, e.insured_name, e.insured_credit_code, e.region_code,
            e.high_risk_domain_code, e.last_day,
            (
                select min(n.policy_no)
                from (
                    select c.*
                    from core.policy as c
                    where c.insured_credit_code = e.insured_credit_code and c.superseded_at is null
                    union all
                    select c.*
                    from core.policy as c
                    where
                        c.insured_credit_code = e.insured_credit_code and c.superseded_at is not null
                        and c.superseded_at > $2
                ) as n
                where
                    n.recorded_at <= $2 and not n.is_withdrawn
                    and (n.insurer_id, n.policy_no) <> (e.insurer_id, e.policy_no)
                    and n.cover_start_date <= e.last_day + 1
                    and n.cover_end_date > e.last_day
                    and n.termination_date is null
            )
        from ending as e;
end
$$;
comment on function report.policy_ending is
'即将到期的保单:业务日有效、保障在之后若干天内终止的保单每张一行,批单已计入,共保非首席的不在内;限对本账号可见的保单,续保保单也只在其中查找。参数: as_of 业务日; known_at 时刻; day_count 天数。列: version_id 保单的版本号; insurer_id 报送机构; policy_no 保单号; insured_name 被保险人; insured_credit_code 统一社会信用代码; region_code 风险所在地代码; high_risk_domain_code 高危行业领域; last_day 保障最后一日; next_policy_no 续保保单号';

create function report.policy_commission(known_at timestamptz, ratio_above numeric)
returns table (
    version_id bigint, insurer_id text, policy_no text, insured_name text, region_code text, high_risk_domain_code text,
    issue_date date, written_premium_amount numeric, found_ratio numeric, batch_id bigint, row_no bigint
) language sql stable security definer rows 1000 set search_path = pg_catalog, pg_temp as $$
    select
        p.version_id, p.insurer_id, p.policy_no, p.insured_name, p.region_code, p.high_risk_domain_code, p.issue_date,
        p.written_premium_amount,
        greatest(p.commission_ratio, p.commission_amount / nullif(p.written_premium_amount, 0)), p.batch_id, p.row_no
    from core.policy as p
    where
        p.recorded_at <= $1 and (p.superseded_at is null or p.superseded_at > $1) and not p.is_withdrawn
        and greatest(p.commission_ratio, p.commission_amount / nullif(p.written_premium_amount, 0)) > $2
$$;
comment on function report.policy_commission is
'佣金比例高于某数的保单:某时刻已知的每张一行,比例取所报比例与佣金金额除以签单保费中的大者;限对本账号可见的保单。参数: known_at 时刻; ratio_above 比例。列: version_id 版本号; insurer_id 报送机构; policy_no 保单号; insured_name 被保险人; region_code 风险所在地代码; high_risk_domain_code 高危行业领域; issue_date 签单日期; written_premium_amount 签单保费; found_ratio 佣金比例; batch_id 批次编号; row_no 批次内行号';

revoke execute on function mart.policies_ended_by_endorsement from public, anze_loader;
-- Only for the time of this migration: an owner of a function must be able to create in its schema.
grant create on schema mart to anze_explainer;
alter function mart.policies_ended_by_endorsement owner to anze_explainer;
revoke create on schema mart from anze_explainer;
set local role anze_explainer;
grant execute on function mart.policies_ended_by_endorsement to anze_owner;
set local role anze_owner;
grant execute on function report.policy_ending, report.policy_commission to anze_regulator, anze_loader;
