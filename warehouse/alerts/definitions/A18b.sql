-- grain: one row a known record after whose event other records are due soon and have not come
-- scope: as report.due_soon_at, within the working days looked ahead
-- exclusions: what is past its deadline
-- limits: as the function
select
    d.insurer_id,
    d.region_code,
    d.high_risk_domain_code as domain_code,
    d.expected_from_record_type as record_type,
    d.record_key,
    min(d.deadline_on) as deadline_on,
    min(f.title) as known,
    string_agg(distinct t.title, '、' order by t.title) as expected,
    min(d.deadline_on) as deadline
from report.due_soon_at(:as_of, :known_at, cast(:days as integer)) as d
inner join record_title as t on d.record_type = t.record_type
inner join record_title as f on d.expected_from_record_type = f.record_type
group by d.insurer_id, d.region_code, d.high_risk_domain_code, d.expected_from_record_type, d.record_key
