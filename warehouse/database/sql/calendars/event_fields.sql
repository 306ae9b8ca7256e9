-- Fields of events in force. Grain: one row a field and span of days.
select
    f.record_type,
    f.milestone,
    f.field,
    f.valid_from,
    f.valid_to,
    f.source,
    f.confidence
from reference.event_field as f
where f.known_to = 'infinity'
