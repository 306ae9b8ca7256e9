-- Frozen figures, their revisions, and what a publication was computed with.
select 1;
