-- Thresholds of the rule register with the prefix of the regions that they speak of (empty = all).
-- grain: one row a rule, version, region and domain
(
    select
        rule_no,
        operator_code,
        threshold_value,
        severity_code,
        high_risk_domain_code,
        valid_from_date,
        valid_to_date,
        case
            when region_code = '*' then ''
            when region_code like '__0000' then left(region_code, 2)
            when region_code like '____00' then left(region_code, 4)
            else region_code
        end as region_prefix
    from core.rule_threshold_current
)
