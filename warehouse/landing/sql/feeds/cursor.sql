-- Cursor of one feed.
select value from landing.cursor
where insurer_id = :insurer_id and record_type = :record_type
