-- Records that name a record which has not come.
-- Grain: one row a finding. Scope: open at the moment. Exclusions: those whose parent came since.
-- Limits: a finding has no area or sector.
select
    to_char(f.opened_at, 'YYYY-MM-DD"T"HH24:MI:SS.US') as sort_key,
    lpad(cast(f.finding_id as text), 15, '0') as row_key,
    cast(f.opened_at at time zone 'Asia/Shanghai' as date) as on_date,
    f.record_type,
    cast(null as bigint) as version_id,
    f.record_key,
    f.insurer_id,
    cast(null as text) as region_code,
    cast(null as text) as domain_code,
    f.rule_id,
    f.rule_title,
    f.parent_record_type,
    f.parent_key,
    f.opened_at,
    f.batch_id,
    f.row_no,
    f.message
from report.finding as f
where
    f.parent_key is not null
    and f.opened_at <= :known_at and (f.resolved_at is null or f.resolved_at > :known_at)
