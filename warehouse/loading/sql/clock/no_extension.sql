-- No extension is in force: an empty table of what extended.sql would find.
create temporary table extended (
    row_no bigint, milestone text, extension_no bigint, deadline_on date, outage_no bigint, not_before date
) on commit drop
