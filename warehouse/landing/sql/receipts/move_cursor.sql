-- Cursor of one feed. It never moves back: a backfill of past days leaves the nightly run where it was.
insert into landing.cursor as existing (insurer_id, record_type, value, batch_id, moved_at)
values (:insurer_id, :record_type, :value, :batch_id, :moved_at)
on conflict (insurer_id, record_type) do update
    set value = excluded.value, batch_id = excluded.batch_id, moved_at = excluded.moved_at
    where excluded.value > existing.value
