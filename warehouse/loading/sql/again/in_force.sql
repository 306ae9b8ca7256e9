-- The calendar in force at a moment. Grain: one row; none before the first edition.
select e.calendar_version from reference.calendar_in_force(:judged_at) as e
