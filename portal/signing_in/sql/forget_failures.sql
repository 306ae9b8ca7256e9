-- A login that signed in has no failures. Grain: one row.
select access.forget_failures(:login_sha256)
