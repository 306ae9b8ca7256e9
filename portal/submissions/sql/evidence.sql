-- Pictures and documents of a service, of its hazards too; or one of them. Grain: one row each.
select
    e.evidence_id,
    e.insurer_id,
    e.service_no,
    e.hazard_no,
    e.sha256,
    e.size_bytes,
    e.media_type,
    e.file_name,
    e.added_by,
    e.added_at
from report.evidence as e
where
    (cast(:evidence_id as bigint) is null or e.evidence_id = :evidence_id)
    and (cast(:insurer_id as text) is null or e.insurer_id = :insurer_id)
    and (cast(:service_no as text) is null or e.service_no = :service_no)
order by e.evidence_id
limit :row_limit
