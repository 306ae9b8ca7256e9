-- What was done or read, the newest first.
-- Grain: one row an event. Scope: all of them for an auditor, else the caller's own; narrowed to what is asked for.
-- Exclusions: none. Limits: :row_count rows before :before.
select
    e.event_id,
    e.happened_at,
    e.role_name,
    e.kind,
    e.object,
    cast(e.filter as text) as filter_text,
    e.row_count,
    e.client,
    e.via
from report.audit_event as e
where
    (cast(:account as text) is null or e.role_name = :account)
    and (cast(:kind as text) is null or e.kind = :kind)
    and (cast(:since as timestamptz) is null or e.happened_at >= :since)
    and (cast(:until as timestamptz) is null or e.happened_at < :until)
    and (cast(:digest as text) is null or strpos(cast(e.filter as text), :digest) > 0)
    and (cast(:before as bigint) is null or e.event_id < :before)
order by e.event_id desc
limit :row_count
