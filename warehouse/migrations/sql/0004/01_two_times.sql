-- Two times: any table as of a business day, as known at a moment. Functions of one record type stand in at/*.sql.
-- Grain: as each function says.
-- Scope: functions that only read. as_of is a date of Shanghai; known_at a moment, both ends of a version count as
--   core.<type>_known says: recorded at or before it, superseded after it.
-- Limits: what was known at a moment is settled when every load that began before it has ended, or when figures
--   were published with it.

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
comment on function report.policy_state_at is '某业务日的保单状态(叠加批单),某时刻已知';

create function quarantine.row_open_at(known_at timestamptz) returns setof quarantine."row"  -- noqa: RF06
language sql stable parallel safe as $$
    select q.* from quarantine.row as q
    where q.quarantined_at <= $1 and (q.resolved_at is null or q.resolved_at > $1)
$$;
comment on function quarantine.row_open_at is '某时刻仍被隔离的行, rows held back at a moment';

create function quality.finding_open_at(known_at timestamptz) returns setof quality.finding
language sql stable parallel safe as $$
    select f.* from quality.finding as f
    where f.opened_at <= $1 and (f.resolved_at is null or f.resolved_at > $1)
$$;
comment on function quality.finding_open_at is '某时刻未解决的发现, findings that were open at a moment';

-- A batch that a person was asked about and that is loaded since is told as received: when it began to wait is not kept.
create function landing.batch_known(known_at timestamptz)
returns table (
    batch_id bigint,
    insurer_id text,
    record_type text,
    channel text,
    received_at timestamptz,
    state text,
    duplicate_of bigint,
    replaces text,
    replaces_from date,
    replaces_to date,
    loaded_at timestamptz,
    received_count bigint,
    accepted_count bigint,
    quarantined_count bigint,
    duplicate_count bigint,
    superseded_count bigint,
    reason_code text,
    reason_text text
) language sql stable parallel safe as $$
    select
        b.batch_id, b.insurer_id, b.record_type, b.channel, b.received_at,
        case when b.loaded_at > $1 then 'received' else b.state end,
        b.duplicate_of, b.replaces, b.replaces_from, b.replaces_to,
        case when b.loaded_at <= $1 then b.loaded_at end,
        case when b.loaded_at <= $1 then b.received_count end,
        case when b.loaded_at <= $1 then b.accepted_count end,
        case when b.loaded_at <= $1 then b.quarantined_count end,
        case when b.loaded_at <= $1 then b.duplicate_count end,
        case when b.loaded_at <= $1 then b.superseded_count end,
        case when b.loaded_at <= $1 then b.reason_code end,
        case when b.loaded_at <= $1 then b.reason_text end
    from landing.batch as b
    where b.received_at <= $1
$$;
comment on function landing.batch_known is '某时刻已收到的批次及其当时状态, receipts at a moment, with their state then';

-- What had been published for a day by a moment: figures of the newest publication of that day known by then.
create function report.indicator_at(as_of date, known_at timestamptz) returns setof report.indicator
language sql stable parallel safe as $$
    select i.* from report.indicator as i
    where i.publication_id = (
        select p.publication_id from report.publication as p
        where p.as_of = $1 and p.known_at <= $2
        order by p.known_at desc limit 1
    )
$$;
comment on function report.indicator_at is '某统计截止日在某时刻前最近一次发布的指标值';

create function report.timeliness_at(as_of date, known_at timestamptz) returns setof report.timeliness
language sql stable parallel safe as $$
    select t.* from report.timeliness as t
    where t.publication_id = (
        select p.publication_id from report.publication as p
        where p.as_of = $1 and p.known_at <= $2
        order by p.known_at desc limit 1
    )
$$;
comment on function report.timeliness_at is '某统计截止日在某时刻前最近一次发布的数据及时率';

grant execute on function quarantine.row_open_at, quality.finding_open_at, landing.batch_known to anze_loader;
grant execute on function report.policy_state_at, report.indicator_at, report.timeliness_at
to anze_regulator, anze_loader;
