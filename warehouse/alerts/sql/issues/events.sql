-- The history of an alert. Grain: one row a step. Scope, exclusions, limits: none.
select
    e.event,
    e.at,
    e.insurer_id,
    e.person,
    e.comment,
    e.until_at,
    e.on_date,
    e.to_role,
    e.entered_count,
    e.left_count
from report.alert_event as e
where e.alert_no = :alert_no
order by e.event_id
