-- The secret of an account's second factor. Grain: at most one row.
update access.credential
set totp_secret = :totp_secret, last_totp_step = null
where role_name = :role_name
