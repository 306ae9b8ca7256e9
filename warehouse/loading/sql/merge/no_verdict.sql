-- Registers have no milestones: an empty table of verdicts.
create temporary table verdict (
    row_no bigint, milestone text, deadline_on date, timeliness text
) on commit drop
