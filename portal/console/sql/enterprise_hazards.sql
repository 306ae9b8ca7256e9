-- Hazards of one enterprise that are not put right.
-- Grain: one row a hazard. Scope: those to rectify or reported on, by their current records, the soonest deadline first.
-- Exclusions: rectified ones that await verification. Limits: those that the caller may see.
select
    e.version_id,
    e.record_key,
    e.insurer_id,
    e.policy_no,
    e.code as hazard_status_code,
    h.hazard_level_code,
    h.rectify_deadline_date,
    coalesce(h.rectify_deadline_date < :as_of, false) as is_overdue,
    e.event_text as description_text
from report.enterprise_event(:credit_code) as e
cross join
    lateral (
        select
            max(f.value) filter (where f.field = 'hazard_level_code') as hazard_level_code,
            cast(max(f.value) filter (where f.field = 'rectify_deadline_date') as date) as rectify_deadline_date
        from report.record_field('hazard', e.version_id) as f
    ) as h
where e.record_type = 'hazard' and coalesce(e.code, '10') in ('10', '40')
order by h.rectify_deadline_date asc nulls last, e.record_key asc
