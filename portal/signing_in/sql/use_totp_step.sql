-- Takes a code of a second factor. Grain: one row, true once for each step.
select access.use_totp_step(:login, :step)
