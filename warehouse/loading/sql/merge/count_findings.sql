-- Findings of the batch by rule. Grain: one row a rule and severity.
select
    f.rule_id,
    f.severity,
    count(*) as finding_count
from staged_finding as f
left join outcome as o on f.row_no = o.row_no
where f.row_no is null or o.outcome <> 'duplicate' or o.is_told
group by f.rule_id, f.severity
order by f.rule_id, f.severity
