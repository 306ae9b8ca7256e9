-- Expected feeds and how long they have been away. Grain: one row a feed, the silent ones first.
-- Scope: feeds of insurers that the caller may see. Exclusions, limits: as report.silence_at; a feed is of no area.
select
    case when s.is_silent then '0' when s.is_paused then '2' else '1' end
    || lpad(cast(99999 - coalesce(s.working_days_without, 0) as text), 5, '0') as sort_key,
    concat_ws(':', s.insurer_id, s.record_type) as row_key,
    cast(null as date) as on_date,
    s.record_type,
    cast(null as bigint) as version_id,
    cast(null as text) as record_key,
    s.insurer_id,
    cast(null as text) as region_code,
    cast(null as text) as domain_code,
    case when s.is_silent then 'silent' when s.is_paused then 'paused' else 'heard' end as state,
    s.channel,
    e.schedule,
    s.last_success_at,
    s.last_nil_return_at,
    s.working_days_without,
    s.allowed_working_days,
    s.paused_until,
    s.expected_since,
    e.valid_to,
    e.source
from report.silence_at(:as_of, :known_at) as s
left join report.expected_delivery as e on s.insurer_id = e.insurer_id and s.record_type = e.record_type
where
    (cast(:record_type as text) is null or s.record_type = :record_type)
    and (
        cast(:state as text) is null
        or :state = case when s.is_silent then 'silent' when s.is_paused then 'paused' else 'heard' end
    )
