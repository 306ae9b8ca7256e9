-- What one record type's judging did, for who asked. Grain: one row a verdict that changed or was confirmed.
insert into judged (
    insurer_id, record_type, record_key, milestone, event_on, old_timeliness, old_deadline_on, new_timeliness,
    new_deadline_on
)
select
    insurer_id,
    :record_type,
    record_key,
    milestone,
    event_on,
    previous_timeliness,
    previous_deadline_on,
    timeliness,
    deadline_on
from verdict
where is_changed
