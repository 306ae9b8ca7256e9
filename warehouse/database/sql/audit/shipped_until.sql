-- How many bytes of a file of the server's log are in the audit. Grain: one row.
select access.shipped_until(:file_name, :first_line_sha256)
