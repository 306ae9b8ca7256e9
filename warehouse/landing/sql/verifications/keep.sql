-- Keep what a verification found. Grain: one row. Scope, exclusions, limits: none.
insert into landing.verification (verified_at, rows_replayed, cells_compared, finding_count)
values (:verified_at, :rows_replayed, :cells_compared, :finding_count)
