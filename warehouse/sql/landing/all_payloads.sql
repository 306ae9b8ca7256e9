-- Every byte string that was ever acknowledged. Grain: one row a digest.
select sha256, size_bytes
from landing.payload
order by landed_at, sha256
