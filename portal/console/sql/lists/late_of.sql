-- Late records of one type. Grain: one row a record. Scope: known at the moment. Exclusions, limits: as report.late_record.
select
    cast(:slot_literal as text) as record_type,
    v.*
from report.late_record(:slot_literal, :known_at) as v
