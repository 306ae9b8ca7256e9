-- Fields of one version of a record, and the personal ones where the account may see them. Grain: one row a field.
-- Scope, exclusions: as report.record_field and report.personal_value: personal values of the current version only.
-- Limits: a personal value that is not shown is null; hidden is whether there is one.
select
    f.field,
    f.field_name,
    f.is_shown,
    case when f.is_shown then f.value when m.sees_personal then p.value end as value,
    not f.is_shown and not coalesce(m.sees_personal, false) as is_hidden
from report.record_field(:record_type, :version_id) as f
left join (
    select bool_or(a.sees_personal) as sees_personal from report.account as a
    where a.role_name = current_user and a.valid_to is null
) as m on true
left join report.personal_value as p
    on p.record_type = :record_type and p.version_id = :version_id and f.field = p.field
