-- A decided batch is loaded next, by the decision. Grain: one row.
update landing.batch
set state = 'received', reason_code = null, reason_text = null
where batch_id = :batch_id
