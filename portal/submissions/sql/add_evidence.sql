-- Adds a picture or document to a service or a hazard of it; the same content again changes nothing.
-- Grain: one row when it is new, none when it was there.
insert into landing.evidence (
    insurer_id, service_no, hazard_no, sha256, size_bytes, media_type, file_name, added_by
)
values (:insurer_id, :service_no, :hazard_no, :sha256, :size_bytes, :media_type, :file_name, :added_by)
on conflict (insurer_id, service_no, hazard_no, sha256) do nothing
returning evidence_id
