-- What became of a message that was tried. Grain: one row. Scope, exclusions, limits: none.
update alert.message
set
    tries = tries + 1,
    sent_at = :sent_at,
    given_up_at = :given_up_at,
    next_try_at = coalesce(:next_try_at, next_try_at),
    last_problem = :problem
where message_id = :message_id
