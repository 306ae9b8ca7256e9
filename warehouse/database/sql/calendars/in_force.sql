-- The edition in force at a moment. Grain: one row; none before the first edition.
select
    e.edition_no,
    e.calendar_version,
    e.first_day,
    e.last_day,
    e.known_from,
    e.imported_by,
    e.source
from reference.calendar_in_force(coalesce(cast(:known_at as timestamptz), 'infinity')) as e
