-- Records that came after their deadline.
-- Grain: one row a record. Scope: the verdict on the main business event of the version that was known; area and sector of
--   the policy that it belongs to.
-- Exclusions: records without a deadline, or whose calendar is not published. Limits: days_late are calendar days.
select
    to_char(r.deadline_on, 'YYYY-MM-DD') as sort_key,
    concat_ws(':', r.record_type, r.version_id) as row_key,
    r.deadline_on as on_date,
    r.record_type,
    r.version_id,
    r.record_key,
    r.insurer_id,
    r.region_code,
    r.high_risk_domain_code as domain_code,
    r.deadline_on,
    r.first_received_at,
    cast(r.first_received_at at time zone 'Asia/Shanghai' as date) - r.deadline_on as days_late,
    r.policy_no,
    r.batch_id,
    r.row_no
from (
    :slot_records
) as r
