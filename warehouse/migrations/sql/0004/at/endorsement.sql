-- core.endorsement as of a day, as known at a moment
-- grain: one row a record; one row per endorsement
create function core.endorsement_at(as_of date, known_at timestamptz) returns setof core.endorsement
language sql stable parallel safe as $$
    select v.* from core.endorsement_known($2) as v
    where v.effective_date <= $1
$$;
comment on function core.endorsement_at is '批单: 某业务日有效、某时刻已知的记录';

create function report.endorsement_known(known_at timestamptz) returns table (
    insurer_id text,
    insurer_code text,
    branch_code text,
    source_record_no text,
    operation_code text,
    source_updated_at timestamptz,
    correction_reason_text text,
    endorsement_no text,
    policy_no text,
    endorsement_type_code text,
    issue_date date,
    effective_date date,
    premium_change_amount numeric(18,2),
    insured_person_count integer,
    employee_count integer,
    per_person_limit_amount numeric(18,2),
    aggregate_limit_amount numeric(18,2),
    cover_end_date date,
    insured_credit_code text,
    region_code text,
    termination_reason_code text,
    service_fee_ratio numeric(9,6),
    description_text text,
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
        v.endorsement_no,
        v.policy_no,
        v.endorsement_type_code,
        v.issue_date,
        v.effective_date,
        v.premium_change_amount,
        v.insured_person_count,
        v.employee_count,
        v.per_person_limit_amount,
        v.aggregate_limit_amount,
        v.cover_end_date,
        v.insured_credit_code,
        v.region_code,
        v.termination_reason_code,
        v.service_fee_ratio,
        v.description_text,
        v.version_id,
        v.batch_id,
        v.row_no,
        v.recorded_at,
        v.first_received_at,
        v.deadline_on,
        v.timeliness
    from core.endorsement_known($1) as v
$$;
grant execute on function report.endorsement_known to anze_regulator, anze_loader;
comment on function report.endorsement_known is '批单: 某时刻已知的记录,不含个人信息';

create function report.endorsement_at(as_of date, known_at timestamptz) returns table (
    insurer_id text,
    insurer_code text,
    branch_code text,
    source_record_no text,
    operation_code text,
    source_updated_at timestamptz,
    correction_reason_text text,
    endorsement_no text,
    policy_no text,
    endorsement_type_code text,
    issue_date date,
    effective_date date,
    premium_change_amount numeric(18,2),
    insured_person_count integer,
    employee_count integer,
    per_person_limit_amount numeric(18,2),
    aggregate_limit_amount numeric(18,2),
    cover_end_date date,
    insured_credit_code text,
    region_code text,
    termination_reason_code text,
    service_fee_ratio numeric(9,6),
    description_text text,
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
        v.endorsement_no,
        v.policy_no,
        v.endorsement_type_code,
        v.issue_date,
        v.effective_date,
        v.premium_change_amount,
        v.insured_person_count,
        v.employee_count,
        v.per_person_limit_amount,
        v.aggregate_limit_amount,
        v.cover_end_date,
        v.insured_credit_code,
        v.region_code,
        v.termination_reason_code,
        v.service_fee_ratio,
        v.description_text,
        v.version_id,
        v.batch_id,
        v.row_no,
        v.recorded_at,
        v.first_received_at,
        v.deadline_on,
        v.timeliness
    from core.endorsement_at($1, $2) as v
$$;
grant execute on function report.endorsement_at to anze_regulator, anze_loader;
comment on function report.endorsement_at is '批单: 某业务日有效、某时刻已知的记录,不含个人信息';
