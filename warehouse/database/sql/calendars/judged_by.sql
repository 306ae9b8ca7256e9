-- Versions of the calendar by which verdicts stand. Grain: one row a version.
select distinct m.calendar_version from quality.milestone as m
