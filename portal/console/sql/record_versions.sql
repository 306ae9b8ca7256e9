-- Versions of one record. Grain: one row a version. Scope, exclusions, limits: as report.record_version.
select
    version_id,
    insurer_id,
    record_key,
    batch_id,
    row_no,
    recorded_at,
    superseded_at,
    is_withdrawn,
    first_received_at,
    deadline_on,
    timeliness
from report.record_version(:record_type, :version_id)
