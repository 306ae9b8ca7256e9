-- Findings about one row of a delivery.
-- Grain: one row a finding. Scope: open and resolved ones. Exclusions: findings that the caller is not shown.
-- Limits: as report.finding.
select
    f.finding_id,
    f.rule_id,
    f.rule_title,
    f.severity,
    f.field_name,
    f.value,
    f.message,
    f.is_open
from report.finding as f
where f.batch_id = :batch_id and f.row_no = :row_no
order by f.is_open desc, f.rule_id asc, f.finding_id asc
