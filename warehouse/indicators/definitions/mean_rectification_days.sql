-- grain: one row a hazard found in the period
-- scope: seconds from found to verified over the seconds of a day, verified ones only
-- exclusions: service or policy unknown, followers (not_lead), not verified (still_open);
--   other provinces by the roll-up
-- limits: young cohorts look fast: read it beside the open count
select
    'hazard' as record_type,
    h.version_id as record_id,
    cast(null as text) as unit,
    h.insurer_id,
    t.region_code,
    h.found_on as business_date,
    t.high_risk_domain_code as domain_code,
    case
        when h.hazard_status_code = '30' and h.verified_on <= :as_of
            then extract(epoch from h.verified_at - h.found_at)
        else 0
    end as numerator,
    case when h.hazard_status_code = '30' and h.verified_on <= :as_of then 86400 else 0 end as denominator,
    case
        when h.lost_link is not null then h.lost_link
        when t.version_id is null then 'policy_unknown'
        when not t.is_lead then 'not_lead'
        when h.hazard_status_code = '30' and h.verified_on <= :as_of then null
        else 'still_open'
    end as exclusion
from known_hazard as h
left join policy_timeline as t
    on
        h.insurer_id = t.insurer_id
        and h.policy_no = t.policy_no
        and h.found_on >= t.valid_from
        and h.found_on < t.valid_to
where h.found_on between :period_start and :period_end
