-- Shorter deadlines are known no longer. Grain: one row a rule.
update reference.shorter_deadline
set known_to = :moment
where known_to = 'infinity'
