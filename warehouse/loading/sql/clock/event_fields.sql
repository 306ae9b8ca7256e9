-- Fields that hold a record type's events in place of the contract's, known at the moment. Grain: one row a field and span
-- of days.
select
    f.event_field_no,
    f.milestone,
    f.field,
    f.valid_from,
    f.valid_to
from reference.event_field as f
where f.record_type = :record_type and f.known_from <= :recorded_at and f.known_to > :recorded_at
order by f.milestone, f.valid_from
