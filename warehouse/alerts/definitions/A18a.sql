-- grain: one row a record that came after its deadline
-- scope: as report.late_record, which the list of late records shows too; first received within the days looked back
-- exclusions: records whose calendar is not published
-- limits: a record leaves when the days are over: what was late stays late
select
    r.insurer_id,
    r.region_code,
    r.high_risk_domain_code as domain_code,
    t.record_type,
    r.record_key,
    cast(null as date) as deadline_on,
    t.title as type,
    r.deadline_on as deadline,
    to_char(r.first_received_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI') as received
from record_title as t
cross join lateral report.late_record(t.record_type, :known_at) as r
where
    cast(r.first_received_at at time zone 'Asia/Shanghai' as date)
    > cast(:as_of as date) - cast(:days as integer)
