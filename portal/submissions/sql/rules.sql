-- Problems of a batch by rule, errors first. Grain: one row a rule and severity, with its first finding as an example.
select
    f.rule_id,
    f.severity,
    max(f.rule_title) as title,
    count(*) as finding_count,
    count(*) filter (where f.is_open and f.confirmed_at is null) as open_count,
    count(distinct f.row_no) as row_count,
    (array_agg(f.message order by f.row_no nulls first, f.finding_id))[1] as first_message
from report.finding as f
where f.batch_id = :batch_id
group by f.rule_id, f.severity
order by f.severity asc, finding_count desc, f.rule_id asc
