-- grain: one row a hazard due in the period
-- scope: rectified by its deadline over hazards whose deadline has come
-- exclusions: service or policy unknown, followers (not_lead); other provinces by the roll-up
-- limits: a hazard found again is a new record
select
    'hazard' as record_type,
    h.version_id as record_id,
    cast(null as text) as unit,
    h.insurer_id,
    t.region_code,
    h.rectify_deadline_date as business_date,
    t.high_risk_domain_code as domain_code,
    case
        when h.hazard_status_code in ('20', '30') and h.rectified_on <= h.rectify_deadline_date then 1
        else 0
    end as numerator,
    1 as denominator,
    case
        when h.lost_link is not null then h.lost_link
        when t.version_id is null then 'policy_unknown'
        when not t.is_lead then 'not_lead'
    end as exclusion
from known_hazard as h
left join policy_timeline as t
    on
        h.insurer_id = t.insurer_id
        and h.policy_no = t.policy_no
        and h.rectify_deadline_date >= t.valid_from
        and h.rectify_deadline_date < t.valid_to
where h.rectify_deadline_date between :period_start and :period_end
