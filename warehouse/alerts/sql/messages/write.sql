-- A message that waits to be sent; one of the same key is written once. Grain: one row, or none. Scope, exclusions, limits: none.
insert into alert.message (dedupe_key, receiver, level, content, written_at, next_try_at)
values (:dedupe_key, :receiver, :level, cast(:content as jsonb), :at, :at)
on conflict (dedupe_key) do nothing
returning message_id
