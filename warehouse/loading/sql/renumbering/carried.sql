-- Verdicts that go with records to their new numbers: those of the oldest receipt. Grain: one row a record and milestone.
-- Exclusions: under the new number the same event was told of earlier, or another event stands.
create temporary table carried on commit drop as
with oldest as (
    select distinct on (l.new_key, m.milestone)
        l.new_key,
        m.*
    from leaving as l
    inner join quality.milestone as m
        on m.insurer_id = :insurer_id and m.record_type = :named_type and l.old_key = m.record_key
    order by l.new_key, m.milestone, m.first_received_at, l.newest_no
)

select
    o.insurer_id,
    o.new_key as record_key,
    o.milestone,
    o.event_on,
    o.event_field_no,
    o.deadline_on,
    o.first_received_at,
    o.timeliness,
    o.calendar_version,
    o.working_days,
    o.rule,
    o.extension_no,
    o.outage_no,
    o.judging_no
from oldest as o
where not exists (
    select 1 from quality.milestone as k
    where
        k.insurer_id = o.insurer_id
        and k.record_type = o.record_type
        and k.record_key = o.new_key
        and k.milestone = o.milestone
        and (k.event_on <> o.event_on or k.first_received_at <= o.first_received_at)
)
