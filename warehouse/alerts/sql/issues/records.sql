-- Records of an alert that stand in it, the newest first. Grain: one row a record. Scope, exclusions: none. Limits: :row_count rows.
select
    r.insurer_id,
    r.region_code,
    r.record_type,
    r.record_key,
    r.deadline_on,
    r.message,
    r.entered_at
from report.alert_record as r
where r.alert_no = :alert_no and r.left_at is null
order by r.entered_at desc, r.record_key asc
limit :row_count
