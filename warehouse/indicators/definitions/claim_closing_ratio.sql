-- grain: one row a claim reported in the period
-- scope: numerator 1 when closed by D (settled, refused or without payment) and not reopened
-- exclusions: policy unknown, followers (not_lead); other provinces by the roll-up
-- limits: a claim closed again after reopening stays out of the numerator
select
    'claim' as record_type,
    c.version_id as record_id,
    cast(null as text) as unit,
    c.insurer_id,
    t.region_code,
    c.reported_on as business_date,
    t.high_risk_domain_code as domain_code,
    case
        when c.claim_status_code in ('40', '50', '60') and not c.is_reopened and c.closed_on <= :as_of then 1
        else 0
    end as numerator,
    1 as denominator,
    case when t.version_id is null then 'policy_unknown' when not t.is_lead then 'not_lead' end as exclusion
from (
    select
        k.*,
        cast(k.reported_at at time zone 'Asia/Shanghai' as date) as reported_on,
        cast(k.closed_at at time zone 'Asia/Shanghai' as date) as closed_on
    from core.claim_known(:known_at) as k
) as c
left join policy_timeline as t
    on
        c.insurer_id = t.insurer_id
        and c.policy_no = t.policy_no
        and c.reported_on >= t.valid_from
        and c.reported_on < t.valid_to
where c.reported_on between :period_start and :period_end
