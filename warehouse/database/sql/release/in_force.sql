-- The release in force. Grain: at most one row.
select r.release
from migration.release as r
order by r.release_no desc
limit 1
