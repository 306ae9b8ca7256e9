-- How many events there are. Grain: one row. Scope: as audit_events. Exclusions, limits: none.
select count(*) as total
from report.audit_event as e
where
    (cast(:account as text) is null or e.role_name = :account)
    and (cast(:kind as text) is null or e.kind = :kind)
    and (cast(:since as timestamptz) is null or e.happened_at >= :since)
    and (cast(:until as timestamptz) is null or e.happened_at < :until)
    and (cast(:digest as text) is null or strpos(cast(e.filter as text), :digest) > 0)
