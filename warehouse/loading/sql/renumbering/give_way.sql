-- What gives way under a new key to a newer version from the old one. Grain: one row a version.
-- slot_core: the table; slot_event_on: Shanghai date of the main event.
insert into gives_way (new_key, event_on, first_received_at, deadline_on, timeliness)
select
    l.new_key,
    :slot_event_on as event_on,
    c.first_received_at,
    case when a.version_id is null then c.deadline_on else a.deadline_on end as deadline_on,
    case when a.version_id is null then c.timeliness else a.timeliness end as timeliness
from leaving as l
inner join :slot_core as c on l.target_version_id = c.version_id
left join quality.verdict_known(:named_type, 'infinity') as a on c.version_id = a.version_id
where l.newest_no = 1 and not l.stands
