-- What happened to one enterprise, as a list.
-- Grain: one row an event. Scope: as report.enterprise_event, the newest first. Exclusions: as there.
-- Limits: counts are of all types, whichever is asked for.
with event as materialized (
    select e.*
    from report.enterprise_event(:credit_code) as e
)

select
    lpad(cast(row_number() over newest as text), 9, '0') as sort_key,
    concat_ws(':', e.record_type, e.version_id) as row_key,
    e.event_date as on_date,
    e.record_type,
    e.version_id,
    e.record_key,
    e.insurer_id,
    cast(null as text) as region_code,
    cast(null as text) as domain_code,
    e.policy_no,
    e.event,
    e.event_date,
    e.code_list,
    e.code,
    e.amount,
    e.event_text as text,
    n.counts
from event as e
cross join (
    select jsonb_object_agg(c.record_type, c.event_count) as counts
    from (
        select
            a.record_type,
            count(*) as event_count
        from event as a
        group by a.record_type
    ) as c
) as n
where cast(:wanted_type as text) is null or e.record_type = :wanted_type
window newest as (order by e.event_date desc nulls last, e.record_type asc, e.insurer_id asc, e.record_key asc)
