-- Versions with the numbers of today, by the row of the renumbering. Grain: one row a record.
-- The first receipt is that of the record under any of its numbers; its verdict comes along if the event is the same.
-- The origin is the row that says the content, through any number of renumberings.
-- slot_core, slot_columns, slot_values: table, contract columns, and what a version has of them; slot_event_on: Shanghai
-- date of the main event.
insert into :slot_core (
    insurer_id, :slot_columns, batch_id, row_no, content_hash, origin_batch_id, origin_row_no, recorded_at,
    first_received_at, deadline_on, timeliness, is_withdrawn
)
select
    c.insurer_id,
    :slot_values,
    :batch_id,
    s.row_no,
    c.content_hash,
    coalesce(c.origin_batch_id, c.batch_id) as origin_batch_id,
    coalesce(c.origin_row_no, c.row_no) as origin_row_no,
    :recorded_at,
    least(c.first_received_at, elder.first_received_at) as first_received_at,
    case
        when elder.is_verdict then elder.deadline_on
        when a.version_id is null then c.deadline_on
        else a.deadline_on
    end as deadline_on,
    case
        when elder.is_verdict then elder.timeliness
        when a.version_id is null then c.timeliness
        else a.timeliness
    end as timeliness,
    c.is_withdrawn
from successor as s
inner join :slot_core as c on s.version_id = c.version_id
left join quality.verdict_known(:named_type, 'infinity') as a on c.version_id = a.version_id
left join lateral (
    select
        known.first_received_at,
        known.deadline_on,
        known.timeliness,
        known.event_on = :slot_event_on and known.first_received_at < c.first_received_at as is_verdict
    from (
        select
            l.event_on,
            l.first_received_at,
            l.deadline_on,
            l.timeliness
        from leaving as l
        where l.new_key = s.new_key
        union all
        select
            g.event_on,
            g.first_received_at,
            g.deadline_on,
            g.timeliness
        from gives_way as g
        where g.new_key = s.new_key
    ) as known
    order by known.first_received_at, known.event_on, known.deadline_on, known.timeliness
    limit 1
) as elder on true
order by s.version_id
