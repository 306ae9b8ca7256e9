-- Business events of the accepted rows that start the five-working-day clock. Grain: one row a row and milestone.
-- Exclusions: withdrawals, events that have not happened. slot_events: (milestone name, Shanghai date) pairs.
create temporary table event on commit drop as
select
    s.row_no,
    s.record_key,
    happened.milestone,
    happened.event_on,
    s.correction_reason_text is not null as has_reason
from staged as s
inner join outcome as o on s.row_no = o.row_no
cross join lateral (values (:slot_events)) as happened (milestone, event_on)
where o.outcome = 'accepted' and s.operation_code <> 'D' and happened.event_on is not null
