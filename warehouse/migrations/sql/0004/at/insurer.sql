-- core.insurer as of a day, as known at a moment
-- grain: one row a record; one row per insurer and city branch
create function core.insurer_at(as_of date, known_at timestamptz) returns setof core.insurer
language sql stable parallel safe as $$
    select v.* from core.insurer_known($2) as v
    where v.valid_from_date <= $1
        and coalesce($1 <= v.valid_to_date, true)
$$;
comment on function core.insurer_at is '保险机构: 某业务日有效、某时刻已知的记录';

create function report.insurer_known(known_at timestamptz) returns table (
    insurer_id text,
    insurer_code text,
    insurer_name text,
    credit_code text,
    licence_no text,
    alias_list text,
    feed_mode_code text,
    branch_code text,
    branch_name text,
    branch_region_code text,
    valid_from_date date,
    valid_to_date date,
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
        v.insurer_code,
        v.insurer_name,
        v.credit_code,
        v.licence_no,
        v.alias_list,
        v.feed_mode_code,
        v.branch_code,
        v.branch_name,
        v.branch_region_code,
        v.valid_from_date,
        v.valid_to_date,
        v.operation_code,
        v.source_updated_at,
        v.version_id,
        v.batch_id,
        v.row_no,
        v.recorded_at,
        v.first_received_at,
        v.deadline_on,
        v.timeliness
    from core.insurer_known($1) as v
$$;
grant execute on function report.insurer_known to anze_regulator, anze_loader;
comment on function report.insurer_known is '保险机构: 某时刻已知的记录,不含个人信息';

create function report.insurer_at(as_of date, known_at timestamptz) returns table (
    insurer_id text,
    insurer_code text,
    insurer_name text,
    credit_code text,
    licence_no text,
    alias_list text,
    feed_mode_code text,
    branch_code text,
    branch_name text,
    branch_region_code text,
    valid_from_date date,
    valid_to_date date,
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
        v.insurer_code,
        v.insurer_name,
        v.credit_code,
        v.licence_no,
        v.alias_list,
        v.feed_mode_code,
        v.branch_code,
        v.branch_name,
        v.branch_region_code,
        v.valid_from_date,
        v.valid_to_date,
        v.operation_code,
        v.source_updated_at,
        v.version_id,
        v.batch_id,
        v.row_no,
        v.recorded_at,
        v.first_received_at,
        v.deadline_on,
        v.timeliness
    from core.insurer_at($1, $2) as v
$$;
grant execute on function report.insurer_at to anze_regulator, anze_loader;
comment on function report.insurer_at is '保险机构: 某业务日有效、某时刻已知的记录,不含个人信息';
