-- Give a lease back, if it is still ours.
update landing.lease
set expires_at = clock_timestamp()
where feed = :feed and token = :token
