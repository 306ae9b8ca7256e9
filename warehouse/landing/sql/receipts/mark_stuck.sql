-- A batch that cannot be judged as things are says so, and why. Grain: at most one row.
-- Exclusions: what has its verdict, or awaits a person's.
update landing.batch
set state = 'stuck', reason_code = :code, reason_text = :text
where batch_id = :batch_id and state in ('received', 'stuck')
