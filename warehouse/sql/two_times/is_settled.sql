-- Whether no load is running: then nothing that is recorded at or before a past moment can still be added.
-- Grain: one row. The lock, which every load holds shared, is let go at once.
select case when pg_try_advisory_lock(:key) then pg_advisory_unlock(:key) else false end as is_settled
