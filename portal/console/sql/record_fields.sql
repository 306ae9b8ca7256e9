-- Fields of one version of a record. Grain: one row a field. Scope, exclusions, limits: as report.record_field.
select
    field,
    field_name,
    value,
    is_shown
from report.record_field(:record_type, :version_id)
