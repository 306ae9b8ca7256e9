-- Versions that leave their key, and what stands under the key where they go. Grain: one row a version.
-- stands: what is known under the new key is not older, and stays; a tombstone that only closed the number never does.
-- newest_no: of several that go to one key, the newest goes on.
-- slot_core: the table; slot_target_match: whether ``target`` has the new key; slot_key_text: the old key as text;
-- slot_event_on: Shanghai date of the main event; number: the number's column.
insert into leaving (
    version_id, row_no, new_no, old_key, new_key, target_version_id, stands, is_target_younger, newest_no, event_on,
    first_received_at, deadline_on, timeliness
)
select
    c.version_id,
    t.row_no,
    t.new_no,
    :slot_key_text as old_key,
    t.new_no || substr(:slot_key_text, length(t.old_no) + 1) as new_key,
    target.version_id as target_version_id,
    coalesce(
        (target.content_hash is not null or coalesce(target.origin_row_no, target.row_no) = 0)
        and (target.source_updated_at, target.batch_id) >= (c.source_updated_at, c.batch_id),
        false
    ) as stands,
    coalesce(c.first_received_at < target.first_received_at, false) as is_target_younger,
    row_number() over (
        partition by t.new_no || substr(:slot_key_text, length(t.old_no) + 1)
        order by c.source_updated_at desc, c.batch_id desc, t.step asc, c.version_id desc
    ) as newest_no,
    :slot_event_on as event_on,
    c.first_received_at,
    case when a.version_id is null then c.deadline_on else a.deadline_on end as deadline_on,
    case when a.version_id is null then c.timeliness else a.timeliness end as timeliness
from touched as t
inner join :slot_core as c on t.version_id = c.version_id
left join quality.verdict_known(:named_type, 'infinity') as a on c.version_id = a.version_id
left join :slot_core as target
    on c.insurer_id = target.insurer_id and target.superseded_at is null and :slot_target_match
where t.field = :number
