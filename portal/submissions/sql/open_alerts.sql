-- How many alerts of the caller nobody has taken on. Grain: one row.
select count(*) as open_count
from report.alert as a
where a.state = 'open'
