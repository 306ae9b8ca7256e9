-- Ends a token. Grain: at most one row.
update access.token as t
set revoked_at = now()
where t.token_id = :token_id and t.revoked_at is null
returning
    t.token_id, t.role_name, t.name, t.scopes, t.created_by, t.created_at, t.expires_at, t.revoked_at, t.last_used_at
