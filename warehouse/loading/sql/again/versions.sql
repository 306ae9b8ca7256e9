-- What was judged of the current versions of records. Grain: one row a record whose main verdict changed or was confirmed.
-- Exclusions: versions without a verdict of their own. slot_core: the table; slot_key_text: the key as text.
insert into quality.version_verdict (record_type, version_id, judging_no, judged_at, deadline_on, timeliness)
select
    :record_type,
    c.version_id,
    :judging_no,
    :judged_at,
    v.deadline_on,
    v.timeliness
from verdict as v
inner join :slot_core as c
    on v.insurer_id = c.insurer_id and c.superseded_at is null and v.record_key = :slot_key_text
where v.is_changed and v.milestone = :main_milestone and c.timeliness is not null
