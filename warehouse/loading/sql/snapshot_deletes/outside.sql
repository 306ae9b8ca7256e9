-- Rows whose main event lies outside the days that their delivery replaces. Grain: one row a row of the batch.
-- Exclusions: withdrawals. slot_event_on: Shanghai date of the main event.
select
    s.row_no,
    :slot_event_on as event_on
from staged as s
where s.operation_code <> 'D' and :slot_event_on not between :replaces_from and :replaces_to
order by s.row_no
