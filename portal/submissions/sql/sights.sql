-- Who saw a delivery or saved its report, first and last. Grain: one row an account and way.
select
    s.role_name,
    s.kind,
    s.what,
    s.first_at,
    s.last_at
from report.sight as s
where s.batch_id = :batch_id
order by s.first_at
