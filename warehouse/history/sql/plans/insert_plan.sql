-- A new plan. Grain: one row.
insert into landing.plan (
    mode, insurer_ids, record_types, from_date, to_date, window_days, fingerprint, effects, created_at, created_by,
    reason
)
values (
    :mode, :insurer_ids, :record_types, :from_date, :to_date, :window_days, cast(:fingerprint as jsonb),
    cast(:effects as jsonb), :created_at, :created_by, :reason
)
returning plan_id
