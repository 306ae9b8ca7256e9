-- A trouble with its first moment; nothing comes back when it was told before. Grain: at most one row.
insert into landing.trouble as told (batch_id, since, reason_code, reason_text)
values (:batch_id, :now, :code, :text)
on conflict (batch_id) do update
    set since = excluded.since, reason_code = excluded.reason_code, reason_text = excluded.reason_text
    where (told.reason_code, told.reason_text) <> (excluded.reason_code, excluded.reason_text)
returning batch_id
