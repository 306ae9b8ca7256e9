-- Reminders: the deadline of a record is today or by the next working day.
-- Grain: one row an issue and deadline, once. Scope: issues that are not closed. Exclusions: snoozed ones.
-- Limits: none where the next working day is not known.
insert into alert.event (alert_no, event, at, on_date)
select distinct
    r.alert_no,
    'reminded' as event,
    cast(:known_at as timestamptz) as at,
    r.deadline_on
from alert.record as r
inner join report.alert as a on r.alert_no = a.alert_no and a.state in ('open', 'acknowledged')
where
    r.left_at is null
    and r.deadline_on between :as_of and cast(:next_working_day as date)
    and not exists (
        select from alert.event as e
        where e.alert_no = r.alert_no and e.event = 'reminded' and e.on_date = r.deadline_on
    )
