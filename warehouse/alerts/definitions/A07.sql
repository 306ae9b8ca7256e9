-- grain: one row a policy in stock or held back with a commission above the bound
-- scope: as report.commission_over, which the list of commissions over the bound shows too
-- exclusions: policies that name no commission
-- limits: a held row has no area and tells no ratio
select
    c.insurer_id,
    c.region_code,
    c.high_risk_domain_code as domain_code,
    'policy' as record_type,
    coalesce(c.policy_no, c.batch_id || ':' || c.row_no) as record_key,
    cast(null as date) as deadline_on,
    coalesce(c.policy_no, '(无保单号)') as policy_no,
    coalesce(trim_scale(c.commission_ratio * 100) || '%', '高于上限,已隔离') as ratio,
    coalesce(trim_scale(c.bound_ratio * 100) || '%', '见规则 ' || c.rule_id) as bound
from report.commission_over(:known_at) as c
