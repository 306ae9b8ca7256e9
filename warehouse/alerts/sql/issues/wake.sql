-- Issues, or parts of them, whose snooze is over.
-- Grain: one row a snooze. Scope: the last step by a person of an issue, or of an insurer's part of it. Exclusions, limits:
--   none.
insert into alert.event (alert_no, insurer_id, event, at)
select
    e.alert_no,
    e.insurer_id,
    'woken' as event,
    cast(:known_at as timestamptz) as at
from (
    select distinct on (s.alert_no, s.insurer_id)
        s.alert_no,
        s.insurer_id,
        s.event,
        s.until_at
    from alert.event as s
    where s.event in ('opened', 'reopened', 'acknowledged', 'snoozed', 'woken')
    order by s.alert_no asc, s.insurer_id asc, s.event_id desc
) as e
where e.event = 'snoozed' and e.until_at <= :known_at
