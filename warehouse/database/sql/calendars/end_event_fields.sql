-- Fields of events are known no longer. Grain: one row a field and span of days.
update reference.event_field
set known_to = :moment
where known_to = 'infinity'
