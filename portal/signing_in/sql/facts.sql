-- What a password is checked against, and how long this login or address has to wait. Grain: one row.
select
    access.waits(cast(:subjects as bytea[])) as wait_seconds,
    f.password_hash,
    f.totp_secret,
    f.needs_totp
from (select 1) as one (n)
left join access.sign_in_facts(:login) as f on true
