-- core.rule_threshold as of a day, as known at a moment
-- grain: one row a record; one row per rule, version, region and domain
create function core.rule_threshold_at(as_of date, known_at timestamptz) returns setof core.rule_threshold
language sql stable parallel safe as $$
    select v.* from core.rule_threshold_known($2) as v
    where v.valid_from_date <= $1
        and coalesce($1 <= v.valid_to_date, true)
$$;
comment on function core.rule_threshold_at is '规则阈值: 某业务日有效、某时刻已知的记录';

create function report.rule_threshold_known(known_at timestamptz) returns table (
    insurer_id text,
    rule_no text,
    version_no text,
    region_code text,
    high_risk_domain_code text,
    operator_code text,
    threshold_value numeric(18,6),
    unit_code text,
    basis_code text,
    valid_from_date date,
    valid_to_date date,
    severity_code text,
    source_document_text text,
    confidence_code text,
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
        v.rule_no,
        v.version_no,
        v.region_code,
        v.high_risk_domain_code,
        v.operator_code,
        v.threshold_value,
        v.unit_code,
        v.basis_code,
        v.valid_from_date,
        v.valid_to_date,
        v.severity_code,
        v.source_document_text,
        v.confidence_code,
        v.operation_code,
        v.source_updated_at,
        v.version_id,
        v.batch_id,
        v.row_no,
        v.recorded_at,
        v.first_received_at,
        v.deadline_on,
        v.timeliness
    from core.rule_threshold_known($1) as v
$$;
grant execute on function report.rule_threshold_known to anze_regulator, anze_loader;
comment on function report.rule_threshold_known is '规则阈值: 某时刻已知的记录,不含个人信息';

create function report.rule_threshold_at(as_of date, known_at timestamptz) returns table (
    insurer_id text,
    rule_no text,
    version_no text,
    region_code text,
    high_risk_domain_code text,
    operator_code text,
    threshold_value numeric(18,6),
    unit_code text,
    basis_code text,
    valid_from_date date,
    valid_to_date date,
    severity_code text,
    source_document_text text,
    confidence_code text,
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
        v.rule_no,
        v.version_no,
        v.region_code,
        v.high_risk_domain_code,
        v.operator_code,
        v.threshold_value,
        v.unit_code,
        v.basis_code,
        v.valid_from_date,
        v.valid_to_date,
        v.severity_code,
        v.source_document_text,
        v.confidence_code,
        v.operation_code,
        v.source_updated_at,
        v.version_id,
        v.batch_id,
        v.row_no,
        v.recorded_at,
        v.first_received_at,
        v.deadline_on,
        v.timeliness
    from core.rule_threshold_at($1, $2) as v
$$;
grant execute on function report.rule_threshold_at to anze_regulator, anze_loader;
comment on function report.rule_threshold_at is '规则阈值: 某业务日有效、某时刻已知的记录,不含个人信息';
