-- Whether a kind of account signs in with a second factor. Grain: one row.
insert into access.second_factor (kind, is_required, set_by)
values (:kind, :is_required, :set_by)
on conflict (kind) do update set is_required = excluded.is_required, set_by = excluded.set_by, set_at = now()
