-- One edition of the calendar. Grain: one row.
insert into reference.calendar_edition (
    edition_no, calendar_version, first_day, last_day, known_from, imported_by, source
)
values (:edition_no, :calendar_version, :first_day, :last_day, :known_from, :imported_by, :source)
