-- core.rule_threshold: every accepted version of 规则阈值
-- Grain: one row a version of (rule_no, version_no, region_code, high_risk_domain_code, insurer_id); one row per rule, version, region and domain.
create table core.rule_threshold (
    like migration.version_head including all,
    rule_no text not null,
    version_no text not null,
    region_code text not null,
    high_risk_domain_code text not null,
    operator_code text,
    threshold_value numeric(18, 6),
    unit_code text,
    basis_code text,
    valid_from_date date,
    valid_to_date date,
    severity_code text,
    source_document_text text,
    confidence_code text,
    operation_code text not null,
    source_updated_at timestamptz not null,
    like migration.version_tail including all
);
call migration.make_history(
    'rule_threshold',
    key => array['rule_no', 'version_no', 'region_code', 'high_risk_domain_code'],
    valid_on => $$
        v.valid_from_date <= $1
        and coalesce($1 <= v.valid_to_date, true)
    $$
);
call migration.make_report(
    'rule_threshold',
    shown => array[
        'rule_no',
        'version_no',
        'region_code',
        'high_risk_domain_code',
        'operator_code',
        'threshold_value',
        'unit_code',
        'basis_code',
        'valid_from_date',
        'valid_to_date',
        'severity_code',
        'source_document_text',
        'confidence_code',
        'operation_code',
        'source_updated_at'
    ]
);
