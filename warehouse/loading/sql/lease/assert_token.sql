-- Lock the lease row until commit and tell whether the token is still ours.
select token = :token as is_ours
from landing.lease
where feed = :feed
for update
