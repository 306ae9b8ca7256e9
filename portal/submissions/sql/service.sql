-- A service, and whether a hazard is one that it found, as the caller sees them. Grain: at most one row.
select
    s.service_no,
    cast(:hazard_no as text) is null or exists (
        select 1 from report.hazard as h
        where h.insurer_id = s.insurer_id and h.service_no = s.service_no and h.hazard_no = :hazard_no
    ) as has_hazard
from report.service_record as s
where s.insurer_id = :insurer_id and s.service_no = :service_no
