-- Editions of the calendar, the newest first. Grain: one row an edition.
select
    e.edition_no,
    e.calendar_version,
    e.first_day,
    e.last_day,
    e.known_from,
    e.imported_by,
    e.source
from reference.calendar_edition as e
order by e.known_from desc
