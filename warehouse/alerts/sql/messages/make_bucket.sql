-- A full bucket for a receiver that has none. Grain: one row, or none. Scope, exclusions, limits: none.
insert into alert.bucket (receiver, tokens, filled_at)
values (:receiver, :a_minute, :at)
on conflict (receiver) do nothing
