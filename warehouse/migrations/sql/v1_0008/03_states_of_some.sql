-- States of some policies, without computing those of all.
-- Grain: as core.policy_timeline and core.policy_state_at. Scope: policies by sender and number.
-- Limits: each function is made from the text of the one that reads all, so that both say the same. A caller that may see a
--   version of a policy but not its current one is shown no endorsement of it: is_current_seen says so, one value a policy.
-- Each policy is looked up by its key, whatever the planner guesses: "offset 0" keeps the look-up from being joined.
create function core.policy_known_of(known_at timestamptz, insurer_ids text[], policy_nos text[]) returns setof core.policy
language sql stable parallel safe as $$
    select v.*
    from unnest($2, $3) as k (insurer_id, policy_no)
    cross join lateral (
        select c.*
        from core.policy as c
        where c.insurer_id = k.insurer_id and c.policy_no = k.policy_no and c.superseded_at is null
        union all
        select c.*
        from core.policy as c
        where
            c.insurer_id = k.insurer_id and c.policy_no = k.policy_no and c.superseded_at is not null
            and c.superseded_at > $1
        offset 0
    ) as v
    where v.recorded_at <= $1 and not v.is_withdrawn
$$;

create function core.endorsement_known_of(
    known_at timestamptz, insurer_ids text[], policy_nos text[], is_current_seen boolean[]
) returns setof core.endorsement
language sql stable parallel safe as $$
    select v.*
    from unnest($2, $3, $4) as k (insurer_id, policy_no, is_seen)
    cross join lateral (
        select c.*
        from core.endorsement as c
        where c.insurer_id = k.insurer_id and c.policy_no = k.policy_no and c.superseded_at is null
        union all
        select c.*
        from core.endorsement as c
        where
            c.insurer_id = k.insurer_id and c.policy_no = k.policy_no and c.superseded_at is not null
            and c.superseded_at > $1
        offset 0
    ) as v
    where k.is_seen and v.recorded_at <= $1 and not v.is_withdrawn
$$;
create index endorsement_policy_past on core.endorsement (policy_no, insurer_id) where superseded_at is not null;
create index policy_insured_past on core.policy (insured_credit_code) where superseded_at is not null;

do $$
declare
    made text := pg_get_functiondef('core.policy_timeline'::regproc);
begin
    made := replace(made, 'core.policy_timeline(known_at timestamp with time zone)',
        'core.policy_timeline_of(known_at timestamp with time zone, insurer_ids text[], policy_nos text[], is_current_seen boolean[])');
    made := replace(made, 'core.policy_known($1)', 'core.policy_known_of($1, $2, $3)');
    made := replace(made, 'core.endorsement_known($1)', 'core.endorsement_known_of($1, $2, $3, $4)');
    execute made;
    made := pg_get_functiondef('core.policy_state_at'::regproc);
    made := replace(made, 'core.policy_state_at(as_of date, known_at timestamp with time zone)',
        'core.policy_state_of(as_of date, known_at timestamp with time zone, insurer_ids text[], policy_nos text[], is_current_seen boolean[])');
    made := replace(made, 'core.policy_timeline($2)', 'core.policy_timeline_of($2, $3, $4, $5)');
    execute made;
end
$$;
comment on function core.policy_timeline_of is '若干保单随时间变化的有效状态, as core.policy_timeline, of some policies';
comment on function core.policy_state_of is '若干保单某业务日的状态, as core.policy_state_at, of some policies';

create function mart.policy_states(
    as_of date, known_at timestamptz, insurer_ids text[], policy_nos text[], is_current_seen boolean[]
) returns table (
    version_id bigint, insurer_id text, policy_no text, insured_name text, insured_credit_code text, region_code text,
    high_risk_domain_code text, is_in_force boolean, is_lead boolean, cover_start_date date, cover_end_date date,
    termination_date date, insured_person_count integer, employee_count integer, per_person_limit_amount numeric,
    aggregate_limit_amount numeric
) language plpgsql stable security definer set search_path = pg_catalog, pg_temp set enable_nestloop = off as $$
#variable_conflict use_column
begin
    return query
        select
            s.version_id, s.insurer_id, s.policy_no, p.insured_name, s.insured_credit_code, s.region_code,
            s.high_risk_domain_code, s.is_in_force, s.is_lead, s.cover_start_date, s.cover_end_date, s.termination_date,
            s.insured_person_count, s.employee_count, s.per_person_limit_amount, s.aggregate_limit_amount
        from core.policy_state_of($1, $2, $3, $4, $5) as s
        inner join core.policy_known_of($2, $3, $4) as p on s.version_id = p.version_id;
end
$$;

-- Cover of one enterprise on a day.
-- Grain: one row a policy known that names it as insured. Scope: those that the caller may see, endorsements included.
create function report.enterprise_cover(credit_code text, as_of date, known_at timestamptz)
returns table (
    version_id bigint, insurer_id text, policy_no text, insured_name text, insured_credit_code text, region_code text,
    high_risk_domain_code text, is_in_force boolean, is_lead boolean, cover_start_date date, cover_end_date date,
    termination_date date, insured_person_count integer, employee_count integer, per_person_limit_amount numeric,
    aggregate_limit_amount numeric
) language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
    insurer_ids text[];
    policy_nos text[];
    is_seen boolean[];
begin
    select array_agg(k.insurer_id), array_agg(k.policy_no), array_agg(exists (
        select from core.policy as c
        where c.insurer_id = k.insurer_id and c.policy_no = k.policy_no and c.superseded_at is null
    ))
    into insurer_ids, policy_nos, is_seen
    from (
        select p.insurer_id, p.policy_no
        from core.policy as p
        where p.insured_credit_code = $1 and p.superseded_at is null and p.recorded_at <= $3 and not p.is_withdrawn
        union
        select p.insurer_id, p.policy_no
        from core.policy as p
        where
            p.insured_credit_code = $1 and p.superseded_at is not null and p.superseded_at > $3 and p.recorded_at <= $3
            and not p.is_withdrawn
    ) as k;
    return query select s.* from mart.policy_states($2, $3, insurer_ids, policy_nos, is_seen) as s;
end
$$;
comment on function report.enterprise_cover is
'一家企业某业务日的保障:每张某时刻已知、以其为被保险人的保单一行,批单已计入,无论是否有效(看 is_in_force);限对本账号可见的保单。参数: credit_code 统一社会信用代码; as_of 业务日; known_at 时刻。列: version_id 保单的版本号; insurer_id 报送机构; policy_no 保单号; insured_name 被保险人; insured_credit_code 统一社会信用代码; region_code 风险所在地代码; high_risk_domain_code 高危行业领域; is_in_force 业务日是否在保险责任期内; is_lead 是否由本机构计数; cover_start_date 保险起期; cover_end_date 保险止期; termination_date 责任终止日期; insured_person_count 参保人数; employee_count 从业人员总数; per_person_limit_amount 每人责任限额; aggregate_limit_amount 累计责任限额';

revoke execute on function mart.policy_states from public, anze_loader;
-- Only for the time of this migration: an owner of a function must be able to create in its schema.
grant create on schema mart to anze_explainer;
alter function mart.policy_states owner to anze_explainer;
revoke create on schema mart from anze_explainer;
set local role anze_explainer;
grant execute on function mart.policy_states to anze_owner;
set local role anze_owner;
grant execute on function report.enterprise_cover to anze_regulator, anze_loader;
