-- Alerts. Grain: one row an alert, the gravest and newest first. Scope: alerts of which the caller may see a record.
-- Exclusions: without a state the closed ones. Limits: as report.alert.
select
    case a.level when 'critical' then '0' when 'warning' then '1' else '2' end
    || lpad(cast(99999999999 - cast(extract(epoch from a.updated_at) as bigint) as text), 11, '0') as sort_key,
    a.alert_no as row_key,
    cast(a.updated_at at time zone 'Asia/Shanghai' as date) as on_date,
    cast(null as text) as record_type,
    cast(null as bigint) as version_id,
    a.alert_no as record_key,
    a.insurer_id,
    a.region_code,
    cast(null as text) as domain_code,
    a.kind,
    a.title_zh,
    a.level,
    a.owner_kind,
    a.owner,
    a.state,
    a.opened_at,
    a.updated_at,
    a.snoozed_until,
    a.record_count,
    a.insurer_count,
    a.reason,
    a.remedy
from report.alert as a
where
    (cast(:kind as text) is null or a.kind = :kind)
    and (cast(:level as text) is null or a.level = :level)
    and (cast(:owner_kind as text) is null or a.owner_kind = :owner_kind)
    and case when cast(:state as text) is null then a.state <> 'closed' else a.state = :state end
    and (
        :of_insurer_id = '*' or exists (
            select 1 from report.alert_record as r
            where r.alert_no = a.alert_no and r.insurer_id = :of_insurer_id and r.left_at is null
        )
    )
    and (
        :of_region_code like '__0000' or exists (
            select 1
            from report.alert_record as r
            inner join report.region as g on r.region_code = g.region_code
            where
                r.alert_no = a.alert_no and r.left_at is null
                and :of_region_code in (g.region_code, g.county_code, g.city_code)
        )
    )
