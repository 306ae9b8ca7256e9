-- Records that the batch withdraws by not holding them: none, unless the batch replaces. Grain: one row a record.
create temporary table if not exists absent (version_id bigint, record_key text) on commit drop
