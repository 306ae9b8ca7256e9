-- grain: one row a policy in force whose premium per person is below the reference
-- scope: policies of enterprises in force on the as-of day; the reference is the register's entry A25 for area and sector
--   on the day of issue, the largest of several
-- exclusions: followers; policies without persons; places and sectors without a reference
-- limits: the premium is the written one, before endorsements
with reference_value as materialized (
    select
        r.threshold_value,
        r.high_risk_domain_code,
        r.valid_from_date,
        coalesce(r.valid_to_date, 'infinity') as valid_to_date,
        case
            when r.region_code = '*' then ''
            when r.region_code like '__0000' then left(r.region_code, 2)
            when r.region_code like '____00' then left(r.region_code, 4)
            else r.region_code
        end as region_prefix
    from core.rule_threshold_known(:known_at) as r
    where r.rule_no = 'A25' and r.operator_code = '>=' and r.unit_code = 'yuan'
)

select
    t.insurer_id,
    t.region_code,
    t.high_risk_domain_code as domain_code,
    'policy' as record_type,
    t.policy_no as record_key,
    cast(null as date) as deadline_on,
    t.policy_no,
    p.insured_name,
    round(p.written_premium_amount / p.insured_person_count, 2) as per_person,
    trim_scale(b.bound) as bound
from policy_timeline as t
inner join core.policy_known(:known_at) as p on t.version_id = p.version_id and p.insured_person_count > 0
cross join
    lateral (
        select max(v.threshold_value) as bound
        from reference_value as v
        where
            p.issue_date between v.valid_from_date and v.valid_to_date
            and starts_with(t.region_code, v.region_prefix)
            and (
                v.high_risk_domain_code in ('*', t.high_risk_domain_code)
                or (v.high_risk_domain_code = '10' and t.high_risk_domain_code in ('11', '12'))
            )
    ) as b
where
    t.insured_object_code = '10'
    and t.is_lead
    and t.valid_from <= :as_of
    and t.valid_to > :as_of
    and t.cover_from <= :as_of
    and t.cover_to >= :as_of
    and p.written_premium_amount / p.insured_person_count < b.bound
