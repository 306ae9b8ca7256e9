-- Appends what readers asked, and keeps how far the log was read. Grain: one row: how many were appended.
select access.ship(:file_name, :first_line_sha256, :begins_at, :ends_at, cast(:events as jsonb))
