-- Verdicts that a rehearsal changed, or that came to be. Grain: one row a milestone; changed_count before the limit.
select
    insurer_id,
    record_type,
    record_key,
    milestone,
    a.timeliness as old_timeliness,
    b.timeliness as new_timeliness,
    count(*) over () as changed_count
from quality.milestone_before as a
full join quality.milestone as b using (insurer_id, record_type, record_key, milestone)
where (a.timeliness, a.deadline_on) is distinct from (b.timeliness, b.deadline_on)
order by insurer_id, record_type, record_key, milestone
limit :max_count
