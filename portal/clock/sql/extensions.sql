-- Extensions that persons granted. Grain: one row an extension, the newest first. Scope: insurers that the caller may see.
-- Exclusions: none; revoked ones too. Limits: none.
select
    lpad(cast(9999999999 - e.extension_no as text), 10, '0') as sort_key,
    cast(e.extension_no as text) as row_key,
    cast(e.granted_at at time zone 'Asia/Shanghai' as date) as on_date,
    nullif(e.record_type, '*') as record_type,
    cast(null as bigint) as version_id,
    cast(e.extension_no as text) as record_key,
    e.insurer_id,
    e.city_code as region_code,
    cast(null as text) as domain_code,
    case when e.revoked_at is null then 'granted' else 'revoked' end as state,
    e.events_from,
    e.events_to,
    e.record_key_count,
    e.extra_days,
    e.until_on,
    e.reason,
    e.granted_by,
    e.granted_at,
    e.revoked_at,
    e.revoked_by,
    e.revoke_reason
from report.extension as e
where
    cast(:state as text) is null
    or :state = case when e.revoked_at is null then 'granted' else 'revoked' end
