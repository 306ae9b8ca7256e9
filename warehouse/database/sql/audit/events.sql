-- Events of the audit, the newest first. Grain: one row an event.
-- Scope: of one login (:login), since a moment (:since), of one kind (:kind); null = all. Exclusions: none.
-- Limits: at most :most rows; total tells how many there are.
select
    e.event_id,
    e.happened_at,
    e.role_name,
    e.kind,
    e.object as target,
    e.filter,
    e.row_count,
    e.client,
    e.via,
    count(*) over () as total
from report.audit_event as e
where
    (cast(:login as text) is null or e.role_name = :login)
    and (cast(:since as timestamptz) is null or e.happened_at >= :since)
    and (cast(:kind as text) is null or e.kind = :kind)
order by e.happened_at desc, e.event_id desc
limit :most
