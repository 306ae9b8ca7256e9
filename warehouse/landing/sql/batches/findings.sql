-- Findings of a batch by rule. Grain: one row a rule and severity, with the text and row of the first.
select
    f.rule_id,
    f.severity,
    count(*) as finding_count,
    count(*) filter (where f.resolved_at is null) as open_count,
    coalesce(max(r.title_zh), '') as title,
    min(f.row_no) as first_row_no,
    (array_agg(f.message order by f.row_no nulls first, f.finding_id))[1] as first_message,
    (array_agg(f.place order by f.row_no nulls first, f.finding_id))[1] as first_place,
    (array_agg(f.field order by f.row_no nulls first, f.finding_id))[1] as first_field,
    (array_agg(f.source_column order by f.row_no nulls first, f.finding_id))[1] as first_source_column,
    (array_agg(f.column_letter order by f.row_no nulls first, f.finding_id))[1] as first_column_letter
from quality.finding as f
left join reference.rule as r on f.rule_id = r.rule_id
where f.batch_id = :batch_id
group by f.rule_id, f.severity
order by f.severity, f.rule_id
