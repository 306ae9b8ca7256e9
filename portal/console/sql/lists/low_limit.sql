-- Policies in force whose limit per person is below the minimum.
-- Grain: one row a policy. Scope: those that the published adequate limit ratio counts as below: the minimum is the largest
--   of the register's thresholds for area, sector and day of issue.
-- Exclusions: as the indicator's definition: followers, enterprises that need not insure, places without a minimum.
-- Limits: minimum_amount is read again from the register known at the publication's moment.
with minimum as materialized (
    select r.*
    from report.rule_threshold_known(:known_at) as r
    where r.basis_code = 'per_person' and r.unit_code = 'yuan' and r.operator_code = '>='
)

select
    s.region_code || c.record_key as sort_key,
    concat_ws(':', c.insurer_id, c.record_key) as row_key,
    s.issue_date as on_date,
    c.record_type,
    c.version_id,
    c.record_key,
    c.insurer_id,
    coalesce(s.region_code, :region_code) as region_code,
    coalesce(s.high_risk_domain_code, :domain_code) as domain_code,
    c.record_key as policy_no,
    p.insured_name,
    s.insured_credit_code,
    s.issue_date,
    s.per_person_limit_amount,
    (
        select max(r.threshold_value)
        from minimum as r
        left join report.region as g
            on
                s.region_code = g.region_code
                and :as_of >= g.valid_from
                and :as_of <= coalesce(g.valid_to, 'infinity')
        where
            s.issue_date between r.valid_from_date and coalesce(r.valid_to_date, 'infinity')
            and (
                r.high_risk_domain_code in ('*', s.high_risk_domain_code)
                or (r.high_risk_domain_code = '10' and s.high_risk_domain_code in ('11', '12'))
            )
            and (
                r.region_code in ('*', s.region_code, g.county_code, g.city_code, g.province_code)
                or (
                    length(r.region_code) < 6
                    and coalesce(g.city_code, g.province_code, s.region_code) like r.region_code || '%'
                )
            )
    ) as minimum_amount,
    s.cover_end_date
from (
    :slot_cell
) as c
left join report.policy_state_at(:as_of, :known_at) as s on c.version_id = s.version_id
left join report.policy_known(:known_at) as p on c.version_id = p.version_id
where c.numerator = 0
