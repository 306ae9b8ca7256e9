-- Tokens of programs, never the secrets.
-- Grain: one row a token. Scope: all for an auditor, else the caller's own. Exclusions, limits: none.
select
    t.token_id,
    t.role_name,
    t.name,
    t.scopes,
    t.created_by,
    t.created_at,
    t.expires_at,
    t.revoked_at,
    t.last_used_at,
    t.revoked_at is null and (t.expires_at is null or t.expires_at > now()) as is_open
from report.api_token as t
order by t.token_id desc
