-- What is due soon. Grain: one row a record that is expected. Scope: within :within working days of the day.
-- Exclusions, limits: as report.due_soon_at: a forecast from the events of other records.
select
    to_char(d.deadline_on, 'YYYY-MM-DD') as sort_key,
    concat_ws(':', d.rule_no, d.expected_from_record_type, d.version_id) as row_key,
    d.deadline_on as on_date,
    d.expected_from_record_type as record_type,
    d.version_id,
    d.record_key,
    d.insurer_id,
    d.region_code,
    d.high_risk_domain_code as domain_code,
    d.record_type as expected_record_type,
    d.policy_no,
    d.event_on,
    d.deadline_on,
    d.rule_no,
    e.title_zh as reason
from report.due_soon_at(:as_of, :known_at, :within) as d
left join report.expected_record as e
    on d.rule_no = e.rule_no and d.event_on >= e.valid_from and d.event_on <= coalesce(e.valid_to, 'infinity')
where cast(:record_type as text) is null or d.record_type = :record_type
