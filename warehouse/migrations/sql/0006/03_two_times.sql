-- core.renumbering as of a day, as known at a moment
-- grain: one row a record; one row per number that was given up for another
create function core.renumbering_at(as_of date, known_at timestamptz) returns setof core.renumbering
language sql stable parallel safe as $$
    select v.* from core.renumbering_known($2) as v
    where v.effective_date <= $1
$$;
comment on function core.renumbering_at is '业务号变更: 某业务日有效、某时刻已知的记录';

create function report.renumbering_known(known_at timestamptz) returns table (
    insurer_id text,
    insurer_code text,
    branch_code text,
    source_record_no text,
    operation_code text,
    source_updated_at timestamptz,
    correction_reason_text text,
    record_type_code text,
    old_no text,
    new_no text,
    effective_date date,
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
        v.branch_code,
        v.source_record_no,
        v.operation_code,
        v.source_updated_at,
        v.correction_reason_text,
        v.record_type_code,
        v.old_no,
        v.new_no,
        v.effective_date,
        v.version_id,
        v.batch_id,
        v.row_no,
        v.recorded_at,
        v.first_received_at,
        v.deadline_on,
        v.timeliness
    from core.renumbering_known($1) as v
$$;
grant execute on function report.renumbering_known to anze_regulator, anze_loader;
comment on function report.renumbering_known is '业务号变更: 某时刻已知的记录,不含个人信息';

create function report.renumbering_at(as_of date, known_at timestamptz) returns table (
    insurer_id text,
    insurer_code text,
    branch_code text,
    source_record_no text,
    operation_code text,
    source_updated_at timestamptz,
    correction_reason_text text,
    record_type_code text,
    old_no text,
    new_no text,
    effective_date date,
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
        v.branch_code,
        v.source_record_no,
        v.operation_code,
        v.source_updated_at,
        v.correction_reason_text,
        v.record_type_code,
        v.old_no,
        v.new_no,
        v.effective_date,
        v.version_id,
        v.batch_id,
        v.row_no,
        v.recorded_at,
        v.first_received_at,
        v.deadline_on,
        v.timeliness
    from core.renumbering_at($1, $2) as v
$$;
grant execute on function report.renumbering_at to anze_regulator, anze_loader;
comment on function report.renumbering_at is '业务号变更: 某业务日有效、某时刻已知的记录,不含个人信息';
