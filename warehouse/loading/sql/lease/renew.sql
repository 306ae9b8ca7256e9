-- Prolong a lease that is still ours. Grain: no row when it is not.
update landing.lease
set expires_at = clock_timestamp() + make_interval(secs => :seconds)
where feed = :feed and token = :token
returning token
