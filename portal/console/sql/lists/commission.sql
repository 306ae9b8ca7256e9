-- Policies whose commission is above the bound.
-- Grain: one row a policy in stock, or a held row. Scope: ratio, or amount over written premium, above the smallest bound
--   of the register of thresholds for area, sector and day of issue; rows that rules on commission hold.
-- Exclusions: policies that name no commission. Limits: a held row has no area: it is shown for the whole province only.
with bound as materialized (
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
    from report.rule_threshold_known(:known_at) as r
    where r.rule_no = 'R05' and r.operator_code = '<='
),

bounded as (
    select
        p.*,
        (
            select min(b.threshold_value)
            from bound as b
            where
                p.issue_date between b.valid_from_date and b.valid_to_date
                and starts_with(coalesce(p.region_code, ''), b.region_prefix)
                and (
                    b.high_risk_domain_code in ('*', p.high_risk_domain_code)
                    or (b.high_risk_domain_code = '10' and p.high_risk_domain_code in ('11', '12'))
                )
        ) as bound_ratio
    from
        report.policy_commission(
            :known_at, (
                select min(b.threshold_value)
                from bound as b
            )
        ) as p
)

select
    'a' || to_char(b.issue_date, 'YYYY-MM-DD') as sort_key,
    concat_ws(':', b.insurer_id, b.policy_no) as row_key,
    b.issue_date as on_date,
    'policy' as record_type,
    b.version_id,
    b.policy_no as record_key,
    b.insurer_id,
    b.region_code,
    b.high_risk_domain_code as domain_code,
    'loaded' as state,
    b.policy_no,
    b.insured_name,
    b.issue_date,
    b.written_premium_amount,
    round(b.found_ratio, 6) as commission_ratio,
    b.bound_ratio,
    cast(null as text) as rule_id,
    b.batch_id,
    b.row_no
from bounded as b
where b.found_ratio > b.bound_ratio
union all
select
    'b' || to_char(h.held_at, 'YYYY-MM-DD') as sort_key,
    concat_ws(':', h.batch_id, h.row_no, h.reason_no) as row_key,
    cast(h.held_at as date) as on_date,
    h.record_type,
    cast(null as bigint) as version_id,
    h.record_key,
    h.insurer_id,
    cast(null as text) as region_code,
    cast(null as text) as domain_code,
    'held' as state,
    h.record_key as policy_no,
    cast(null as text) as insured_name,
    cast(null as date) as issue_date,
    cast(null as numeric) as written_premium_amount,
    cast(null as numeric) as commission_ratio,
    cast(null as numeric) as bound_ratio,
    h.rule_id,
    h.batch_id,
    h.row_no
from report.held_row as h
where
    h.rule_id in ('POL-007', 'POL-008')
    and h.held_at <= :known_at and (h.resolved_at is null or h.resolved_at > :known_at)
