-- grain: one row a record that is due soon and has not come
-- scope: as report.due_soon_at, within the working days looked ahead
-- exclusions: what is past its deadline
-- limits: as the function
select
    d.insurer_id,
    d.region_code,
    d.high_risk_domain_code as domain_code,
    d.record_type,
    d.record_key,
    d.deadline_on,
    f.title as known,
    t.title as expected,
    d.deadline_on as deadline
from report.due_soon_at(:as_of, :known_at, cast(:days as integer)) as d
inner join record_title as t on d.record_type = t.record_type
inner join record_title as f on d.expected_from_record_type = f.record_type
