-- Messages that are told in another one. Grain: one row a message. Scope, exclusions, limits: none.
update alert.message
set folded_into = :told_in
where message_id = any(:message_ids)
