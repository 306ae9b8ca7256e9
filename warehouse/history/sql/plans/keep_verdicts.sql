-- The verdicts as they are, kept in a rehearsal's database. Grain: one row a milestone.
create unlogged table quality.milestone_before as
select
    insurer_id,
    record_type,
    record_key,
    milestone,
    deadline_on,
    timeliness
from quality.milestone
