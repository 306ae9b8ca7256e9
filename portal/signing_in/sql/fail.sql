-- Counts a failure of a login and of an address. Grain: one row.
select access.note_failure(:login_sha256, :client_sha256)
