-- Verdicts that were judged again, counted. Grain: one row an insurer, record type and pair of verdicts.
-- moved_count: those with another deadline; examples: the first records by key.
select
    j.insurer_id,
    j.record_type,
    j.old_timeliness,
    j.new_timeliness,
    count(*) as verdict_count,
    count(*) filter (where j.old_deadline_on is distinct from j.new_deadline_on) as moved_count,
    (array_agg(j.record_key order by j.record_key, j.milestone))[1:3] as examples
from judged as j
group by j.insurer_id, j.record_type, j.old_timeliness, j.new_timeliness
order by j.insurer_id, j.record_type, j.old_timeliness, j.new_timeliness
