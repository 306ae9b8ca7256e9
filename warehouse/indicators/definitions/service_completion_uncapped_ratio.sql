-- grain: one row a plan line whose window ends in the period
-- scope: as service_completion_ratio, extra services counted
-- exclusions: policy unknown, followers (not_lead), policy not in force on the last day of the window;
--   other provinces by the roll-up
-- limits: services are linked by plan and line, whatever policy they name
with done as (
    select
        s.insurer_id,
        s.plan_no,
        s.plan_line_no,
        cast(s.service_end_at at time zone 'Asia/Shanghai' as date) as done_on
    from core.service_record_known(:known_at) as s
    where s.service_status_code = '50' and s.plan_line_no is not null
),

done_line as (
    select
        l.version_id,
        count(*) as done_count
    from core.service_plan_known(:known_at) as l
    inner join done as d
        on l.insurer_id = d.insurer_id and l.plan_no = d.plan_no and l.plan_line_no = d.plan_line_no
    where
        l.window_end_date between :period_start and :period_end
        and d.done_on <= :as_of
    group by l.version_id
)

select
    'service_plan' as record_type,
    l.version_id as record_id,
    cast(null as text) as unit,
    l.insurer_id,
    t.region_code,
    l.window_end_date as business_date,
    t.high_risk_domain_code as domain_code,
    coalesce(d.done_count, 0) as numerator,
    l.planned_count as denominator,
    case
        when t.version_id is null then 'policy_unknown'
        when not t.is_lead then 'not_lead'
        when t.cover_from <= l.window_end_date and t.cover_to >= l.window_end_date then null
        else 'policy_not_in_force'
    end as exclusion
from core.service_plan_known(:known_at) as l
left join done_line as d on l.version_id = d.version_id
left join policy_timeline as t
    on
        l.insurer_id = t.insurer_id
        and l.policy_no = t.policy_no
        and l.window_end_date >= t.valid_from
        and l.window_end_date < t.valid_to
where
    l.plan_status_code in ('20', '30')
    and l.window_end_date between :period_start and :period_end
