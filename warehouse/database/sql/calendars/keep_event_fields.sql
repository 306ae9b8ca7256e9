-- One field of an event. Grain: one row.
insert into reference.event_field (
    event_field_no, record_type, milestone, field, valid_from, valid_to, source, confidence, known_from
)
values (
    nextval('landing.load_no'), :record_type, :milestone, :field, :valid_from, :valid_to, :source, :confidence, :moment
)
