-- Bytes of a file of the server's log. Grain: one row, null where the file is gone.
select access.log_piece(:file_name, :begins_at, :byte_count)
