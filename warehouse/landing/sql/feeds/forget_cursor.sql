-- Forget a feed's cursor: the next collect takes everything.
delete from landing.cursor
where insurer_id = :insurer_id and record_type = :record_type
