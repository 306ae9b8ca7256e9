-- A token, by its digest. Grain: one row.
insert into access.token (token_sha256, role_name, name, scopes, created_by, expires_at)
values (:token_sha256, :role_name, :name, :scopes, :created_by, now() + make_interval(days => :days))
returning token_id
