-- Temporary tables of one judging. Grain: due one row a verdict that is judged again; judged one row a verdict that changed
-- or was confirmed by another calendar.
create temporary table due (
    insurer_id text not null,
    record_type text not null,
    record_key text not null,
    milestone text not null
) on commit drop;

create temporary table judged (
    insurer_id text not null,
    record_type text not null,
    record_key text not null,
    milestone text not null,
    event_on date not null,
    old_timeliness text,
    old_deadline_on date,
    new_timeliness text,
    new_deadline_on date
) on commit drop
