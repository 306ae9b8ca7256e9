-- Keep a backup that was not known. Grain: one row. Scope, exclusions, limits: none.
insert into landing.backup (label, kind, stopped_at, database_bytes, repository_bytes)
values (:label, :kind, :stopped_at, :database_bytes, :repository_bytes)
on conflict (label) do nothing
