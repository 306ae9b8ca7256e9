-- Timeliness over all record types.
-- Grain: one row an insurer. Scope: one publication, this year until its day.
-- Exclusions: insurers that are not the caller's. Limits: not split by area, so accounts of an area see none.
select
    t.insurer_id,
    coalesce(t.insurer_name, t.insurer_id) as insurer_name,
    t.due_count,
    t.on_time_count,
    t.late_count,
    t.undetermined_count,
    t.shown_pct
from report.timeliness as t
where t.publication_id = :publication_id and t.record_type = '*' and t.insurer_id <> '*'
order by t.insurer_id
