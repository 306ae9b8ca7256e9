-- What the clock knows under the load's locks: the calendar in force, and when verdicts were last judged again.
-- Grain: one row.
select
    (
        select e.calendar_version from reference.calendar_edition as e
        order by e.known_from desc
        limit 1
    ) as calendar_version,
    (select max(j.judged_at) from landing.judging as j) as judged_at
