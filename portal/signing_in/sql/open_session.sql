-- Opens a session. Grain: one row.
select access.open_session(:login, :token_sha256, :csrf, :client, make_interval(hours => :hours))
