-- How far a standby is behind its primary. Grain: one row on a standby, none on a primary.
-- Limits: the age of the last transaction that it has replayed: the true lag is not more. A hub at work commits at least
--   once a minute (its services' beats); empty where nothing was replayed since the standby started.
select
    pg_last_xact_replay_timestamp() as replayed_at,
    cast(extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp()) as float) as seconds
where pg_is_in_recovery()
