-- core.agency as of a day, as known at a moment
-- grain: one row a record; one row per technical service agency
create function core.agency_at(as_of date, known_at timestamptz) returns setof core.agency
language sql stable parallel safe as $$
    select v.* from core.agency_known($2) as v
    where true
$$;
comment on function core.agency_at is '技术服务机构: 某业务日有效、某时刻已知的记录';

create function report.agency_known(known_at timestamptz) returns table (
    insurer_id text,
    agency_credit_code text,
    agency_name text,
    region_code text,
    qualification_list text,
    is_committee_member boolean,
    expert_count integer,
    restricted_from_date date,
    restricted_to_date date,
    operation_code text,
    source_updated_at timestamptz,
    version_id bigint,
    batch_id bigint,
    row_no bigint,
    recorded_at timestamptz,
    first_received_at timestamptz,
    deadline_on date,
    timeliness text
) language sql stable parallel safe security definer set search_path = pg_catalog, pg_temp as $$
    select
        v.insurer_id,
        v.agency_credit_code,
        v.agency_name,
        v.region_code,
        v.qualification_list,
        v.is_committee_member,
        v.expert_count,
        v.restricted_from_date,
        v.restricted_to_date,
        v.operation_code,
        v.source_updated_at,
        v.version_id,
        v.batch_id,
        v.row_no,
        v.recorded_at,
        v.first_received_at,
        v.deadline_on,
        v.timeliness
    from core.agency_known($1) as v
$$;
grant execute on function report.agency_known to anze_regulator, anze_loader;
comment on function report.agency_known is '技术服务机构: 某时刻已知的记录,不含个人信息';

create function report.agency_at(as_of date, known_at timestamptz) returns table (
    insurer_id text,
    agency_credit_code text,
    agency_name text,
    region_code text,
    qualification_list text,
    is_committee_member boolean,
    expert_count integer,
    restricted_from_date date,
    restricted_to_date date,
    operation_code text,
    source_updated_at timestamptz,
    version_id bigint,
    batch_id bigint,
    row_no bigint,
    recorded_at timestamptz,
    first_received_at timestamptz,
    deadline_on date,
    timeliness text
) language sql stable parallel safe security definer set search_path = pg_catalog, pg_temp as $$
    select
        v.insurer_id,
        v.agency_credit_code,
        v.agency_name,
        v.region_code,
        v.qualification_list,
        v.is_committee_member,
        v.expert_count,
        v.restricted_from_date,
        v.restricted_to_date,
        v.operation_code,
        v.source_updated_at,
        v.version_id,
        v.batch_id,
        v.row_no,
        v.recorded_at,
        v.first_received_at,
        v.deadline_on,
        v.timeliness
    from core.agency_at($1, $2) as v
$$;
grant execute on function report.agency_at to anze_regulator, anze_loader;
comment on function report.agency_at is '技术服务机构: 某业务日有效、某时刻已知的记录,不含个人信息';
