-- Alerts, the gravest first. Grain: one row an alert. Scope: of one kind, owner or state where asked; closed ones only when
--   asked. Exclusions: none. Limits: :row_count rows.
select
    a.alert_no,
    a.kind,
    a.title_zh,
    a.level,
    a.level_zh,
    a.owner_kind,
    a.owner,
    a.scope,
    a.insurer_id,
    a.region_code,
    a.state,
    a.opened_at,
    a.updated_at,
    a.closed_at,
    a.snoozed_until,
    a.record_count,
    a.insurer_count,
    a.reason,
    a.remedy,
    a.basis,
    a.label,
    a.link
from report.alert as a
where
    (cast(:kind as text) is null or a.kind = :kind)
    and (cast(:alert_no as text) is null or a.alert_no = :alert_no)
    and (cast(:insurer_id as text) is null or a.insurer_id = :insurer_id)
    and (
        cast(:state as text) = 'all'
        or (cast(:state as text) = 'standing' and a.state <> 'closed')
        or a.state = :state
    )
order by
    array_position(array['critical', 'warning', 'notice'], a.level) asc, a.record_count desc, a.alert_no asc
limit :row_count
