-- Ends a session. Grain: one row.
select access.close_session(:token_sha256)
