-- grain: one row an insurer and area with a floor or a fixed rate of its own
-- scope: fees paid over premium received in twelve months of each area that has a rule (basis premium received, at least
--   or equal), as the fee input ratio counts them
-- exclusions: areas in which the insurer received less than the least premium; what the ratio leaves out
-- limits: the share is compared as it is shown, with two decimals of a per cent
with local_rule as (
    select
        r.rule_no,
        r.region_code,
        r.operator_code,
        r.threshold_value,
        case when r.region_code like '____00' then left(r.region_code, 4) else r.region_code end as region_prefix
    from core.rule_threshold_known(:known_at) as r
    where
        r.basis_code = 'premium_received'
        and r.unit_code = 'ratio'
        and r.operator_code in ('>=', '=')
        and r.region_code <> '*'
        and :as_of between r.valid_from_date and coalesce(r.valid_to_date, 'infinity')
),

area as (
    select
        r.rule_no,
        r.operator_code,
        r.threshold_value,
        c.insurer_id,
        min(c.city_code) as city_code,
        sum(c.numerator) as paid,
        sum(c.denominator) as received
    from local_rule as r
    inner join contribution as c on starts_with(coalesce(c.county_code, c.city_code), r.region_prefix)
    where c.exclusion is null
    group by r.rule_no, r.operator_code, r.threshold_value, c.insurer_id
    having sum(c.denominator) >= :least_premium
)

select
    a.insurer_id,
    a.city_code as region_code,
    cast(null as text) as domain_code,
    'fee_expense' as record_type,
    a.rule_no || '|' || a.city_code as record_key,
    cast(null as date) as deadline_on,
    a.paid,
    a.received,
    round(a.paid / a.received * 100, 2) || '%' as share,
    case a.operator_code when '=' then '等于 ' else '不低于 ' end
    || trim_scale(a.threshold_value * 100) || '%' as bound,
    a.rule_no
from area as a
where
    (a.operator_code = '>=' and round(a.paid / a.received, 4) < a.threshold_value)
    or (a.operator_code = '=' and round(a.paid / a.received, 4) <> a.threshold_value)
