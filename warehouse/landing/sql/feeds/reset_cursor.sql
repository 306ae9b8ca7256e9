-- Set a feed's cursor by hand, back too: the next collect starts there.
insert into landing.cursor (insurer_id, record_type, value, moved_at)
values (:insurer_id, :record_type, :value, :moved_at)
on conflict (insurer_id, record_type) do update
    set value = excluded.value, batch_id = null, moved_at = excluded.moved_at
